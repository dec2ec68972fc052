const showAfterMs = 300
const hideAfterMs = 120
const gap = 6
const edge = 8

/**
 * Tips for the whole page: any element with `data-tip="…"` shows that text on hover, on keyboard focus and on tap.
 * One element serves them all, so that a table of a thousand times costs nothing. Esc hides it; the pointer may
 * enter it. An element whose tip says more than itself should be focusable (`tabIndex={0}`).
 */
export class Tips {
  readonly #box = document.createElement('div')
  #target: Element | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Starts listening; once a page. */
  start(): void {
    this.#box.id = 'tip'
    this.#box.role = 'tooltip'
    this.#box.className = 'tip'
    this.#box.popover = 'manual'
    document.body.append(this.#box)
    document.addEventListener('pointerover', (event) => this.#over(event))
    document.addEventListener('focusin', ({ target }) => this.#focus(target))
    document.addEventListener('focusout', () => this.#hide())
    document.addEventListener('pointerdown', ({ pointerType }) => pointerType === 'mouse' && this.#hide())
    document.addEventListener('keydown', ({ key }) => key === 'Escape' && this.#hide())
    document.addEventListener('scroll', () => this.#hide(), { capture: true, passive: true })
  }

  #over({ target, pointerType }: PointerEvent): void {
    if (!(target instanceof Element) || target === this.#box) return clearTimeout(this.#timer)
    const tipped = target.closest('[data-tip]')
    clearTimeout(this.#timer)
    if (tipped === null) {
      if (this.#target !== undefined) this.#timer = setTimeout(() => this.#hide(), hideAfterMs)
    } else if (tipped !== this.#target) {
      const delayMs = pointerType === 'mouse' && this.#target === undefined ? showAfterMs : 0
      this.#timer = setTimeout(() => this.#show(tipped), delayMs)
    }
  }

  #focus(target: EventTarget | null): void {
    const tipped =
      target instanceof Element && target.matches(':focus-visible') && target.closest('[data-tip]')
    if (tipped) this.#show(tipped)
  }

  #show(target: Element): void {
    const text = target.getAttribute('data-tip')
    this.#hide()
    if (text === null || text === '' || !target.isConnected) return
    this.#target = target
    this.#box.textContent = text
    this.#box.showPopover()
    this.#place(target.getBoundingClientRect())
    if (target.getAttribute('aria-label') !== text) target.setAttribute('aria-describedby', this.#box.id)
  }

  #hide(): void {
    clearTimeout(this.#timer)
    if (this.#target?.getAttribute('aria-describedby') === this.#box.id) {
      this.#target.removeAttribute('aria-describedby')
    }
    if (this.#target !== undefined) this.#box.hidePopover()
    this.#target = undefined
  }

  /** Under the element, or over it where there is no room; never past the edge of the window. */
  #place(around: DOMRect): void {
    const { width, height } = this.#box.getBoundingClientRect()
    const { clientWidth, clientHeight } = document.documentElement
    const below = around.bottom + gap
    const top = below + height + edge > clientHeight ? around.top - gap - height : below
    const left = around.left + around.width / 2 - width / 2
    this.#box.style.top = `${Math.max(edge, top)}px`
    this.#box.style.left = `${Math.max(edge, Math.min(left, clientWidth - width - edge))}px`
  }
}
