/**
 * A JavaScript expression, evaluated in a page: lists what keeps a user with a phone from reading and
 * touching it. WCAG 2.2: contrast 4.5 to 1 (1.4.3), no sideways scrolling (1.4.10), targets of 44 pixels
 * (2.5.5).
 */
export const legibility = `(() => {
  const found = []
  const page = document.documentElement
  if (page.scrollWidth > innerWidth || innerWidth > screen.width) found.push('scrolls sideways: ' + page.scrollWidth)

  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number)
  const ground = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const [red, green, blue, alpha = 1] = numbers(getComputedStyle(at).backgroundColor)
      if (alpha === 1) return [red, green, blue]
    }
    return [255, 255, 255]
  }
  const light = (colour) => {
    const [red, green, blue] = colour.map((part) =>
      part <= 10 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  let seen = 0
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent.trim()
    const element = texts.currentNode.parentElement
    if (text === '' || element.tagName === 'STYLE') continue
    seen++
    const { color, fontSize } = getComputedStyle(element)
    const shades = [light(numbers(color)), light(ground(element))].sort((one, other) => other - one)
    const contrast = (shades[0] + 0.05) / (shades[1] + 0.05)
    if (contrast < 4.5) found.push('contrast ' + contrast.toFixed(2) + ': ' + text)
    if (parseFloat(fontSize) < 13) found.push('small: ' + text)
    const { left, right } = element.getBoundingClientRect()
    if (left < 0 || right > innerWidth) found.push('beside the screen: ' + text)
  }
  if (seen < 3) found.push('no text')

  for (const target of document.querySelectorAll('button, input[type=text], label.choice')) {
    if (target.getBoundingClientRect().height < 44) found.push('too small to touch: ' + target.outerHTML)
  }
  return found
})()`
