import { expect, test } from 'vitest'
import { placeErrors } from './server-errors.ts'

const names = ['fastLength', 'slowLength']

test('finds the control of a path however deep the server names it', () => {
  expect(
    placeErrors(
      [
        { path: 'body.params.fastLength', message: 'Too small' },
        { path: 'params.slowLength', message: 'Must be greater than the fast length' },
      ],
      names,
    ),
  ).toEqual({
    params: { fastLength: 'Too small', slowLength: 'Must be greater than the fast length' },
    name: null,
    form: [],
  })
  expect(placeErrors([{ path: 'fastLength', message: 'Too small' }], names).params).toEqual({
    fastLength: 'Too small',
  })
})

test('keeps the first complaint about a control', () => {
  const problems = [
    { path: 'params.fastLength', message: 'first' },
    { path: 'params.fastLength', message: 'second' },
    { path: 'body.name', message: 'too long' },
    { path: 'body.name', message: 'again' },
  ]
  expect(placeErrors(problems, names)).toEqual({
    params: { fastLength: 'first' },
    name: 'too long',
    form: [],
  })
})

test('loses nothing: what has no control is told for the whole form', () => {
  expect(
    placeErrors(
      [
        { path: 'body.params.removed', message: 'Unknown field' },
        { path: '', message: 'Not an object' },
      ],
      names,
    ).form,
  ).toEqual(['params.removed: Unknown field', 'Not an object'])
})
