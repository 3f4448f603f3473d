import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { root } from '../lib/root.mjs'
import { openBrowser } from './browser.mjs'
import { dashboardOf } from './dashboard.mjs'
import { until } from '../lib/until.mjs'

const path = 'kitchen-player'

/** Points of a phone that is held upright. */
const phone = { width: 430, height: 780, scale: 2 }

/**
 * The dashboard on a phone, in a real browser.
 *
 * @param {Awaited<ReturnType<import('./house.mjs').openHouse>>} house
 * @param {{ pictures: boolean }} options whether the pictures are kept for the README
 */
export async function openScreen(house, { pictures }) {
  const browser = await openBrowser()
  await browser.size(phone.width, phone.height, phone.scale)
  // As the login page leaves it.
  const tokens = {
    ...house.tokens,
    hassUrl: house.url,
    clientId: `${house.url}/`,
    expires: Date.now() + 1.7e6,
  }
  await browser.before(`localStorage.setItem('hassTokens', ${JSON.stringify(JSON.stringify(tokens))})`)
  return {
    async makeDashboard() {
      await house.ask('lovelace/dashboards/create', {
        url_path: path,
        title: 'Kitchen player',
        mode: 'storage',
      })
      await house.ask('lovelace/config/save', { url_path: path, config: dashboardOf(house.entities) })
    },
    /** @param {string} view of the dashboard @returns {Promise<Buffer>} PNG */
    async picture(view) {
      await browser.go(`${house.url}/${path}/${view}`)
      await until('the dashboard', () => browser.evaluate(isComplete), 60_000)
      // The colours of the cards are faded in.
      await sleep(1_000)
      const picture = await browser.picture()
      if (pictures) {
        const folder = join(root, 'docs', 'images')
        mkdirSync(folder, { recursive: true })
        writeFileSync(join(folder, `home-assistant-${view}.png`), picture)
      }
      return picture
    },
    close: () => browser.close(),
  }
}

/** Whether the page has its cards, and they their pictures. Each is drawn in a shadow of its own. */
const isComplete = `(() => {
  const all = (root) => [...root.querySelectorAll('*')].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])])
  const elements = all(document)
  const cards = elements.filter(({ localName, hidden }) => localName === 'hui-card' && !hidden)
  const images = elements.filter(({ localName }) => localName === 'img')
  const isLoading = elements.some(({ localName }) => /^ha-(circular-progress|spinner)$/.test(localName))
  return cards.length >= 3 && images.length >= 1 && !isLoading && images.every((one) => one.complete && one.naturalWidth > 0)
})()`
