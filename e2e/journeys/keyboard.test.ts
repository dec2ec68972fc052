import type { Page } from '@playwright/test'
import { expect, test } from '../journey.ts'

test(
  'a run is started and stopped with the keyboard alone',
  { tag: '@every-browser' },
  async ({ signedIn: page }) => {
    await tabTo(page, 'Strategies')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: 'Strategies', level: 1 })).toBeVisible()
    await tabTo(page, 'Start EMA crossover')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('form')).toBeVisible()
    await tabTo(page, 'Quantity')
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.type('15')
    await tabTo(page, 'Name')
    await page.keyboard.type('By hand')
    await page.keyboard.press('Enter')

    await expect(page.getByRole('heading', { name: 'By hand', level: 1 })).toBeVisible()
    await tabTo(page, 'Stop')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('dialog')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
    await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeFocused()
    await page.keyboard.press('Enter')
    await tabTo(page, 'Stop and close positions')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('main')).toContainText('Stopped')
  },
)

// In the page: the accessible name of what has the focus, near enough, and whether one sees that it has it.
// The page itself is no stop: Firefox puts the focus there when what had it is gone.
const focused = `(() => {
  const element = document.activeElement
  if (element === document.body || element === document.documentElement) return { label: '', isSeen: true }
  const label = element.getAttribute('aria-label') ?? element.labels?.[0]?.innerText ?? element.innerText
  const style = getComputedStyle(element)
  const rings = [element, element.parentElement].map((one) => getComputedStyle(one))
  const isSeen = rings.some((one) => one.outlineStyle !== 'none' || one.boxShadow !== 'none')
    || element.matches('input, textarea, select') && style.borderColor !== ''
  return { label: (label ?? '').trim().replace(/ *\\*$/, ''), isSeen }
})()`

/** Presses Tab until the focus is on what has this name; every stop on the way shows that it has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  const passed: string[] = []
  for (let press = 0; press < 80; press += 1) {
    await page.keyboard.press('Tab')
    const { label, isSeen } = (await page.evaluate(focused)) as { label: string; isSeen: boolean }
    expect(isSeen, `the focus shows on "${label}"`).toBe(true)
    if (label === name) return
    passed.push(label)
  }
  throw new Error(`Tab never came to "${name}"; it passed ${passed.join(' › ')}`)
}
