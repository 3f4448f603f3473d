/**
 * A dashboard of cards that every Home Assistant has: two views, to sign in and to play.
 *
 * @param {Record<string, string>} entities entity id by key of component
 */
export function dashboardOf(entities) {
  const section = (...cards) => ({ type: 'grid', cards: cards.map((card) => ({ ...wide, ...card })) })
  const word = (key) => `{{ states('${entities[key]}') }}`
  const key = (name) => ({ type: 'button', entity: entities[name], show_name: false, icon_height: '32px' })
  const view = (path, title, ...cards) => ({
    path,
    title,
    type: 'sections',
    max_columns: 1,
    sections: [section(...cards)],
  })
  return {
    title: 'Kitchen player',
    views: [
      view(
        'sign-in',
        'Sign in',
        {
          type: 'markdown',
          content: '### Scan this with your phone\nSign in to Amazon there, and the kitchen can play.',
        },
        { type: 'picture-entity', entity: entities.login_qr, show_name: false, show_state: false },
        {
          type: 'entities',
          entities: [
            { entity: entities.login_code, name: 'Or enter this code' },
            { entity: entities.account, name: 'Account' },
            { entity: entities.login, name: 'Link account' },
          ],
        },
      ),
      view(
        'player',
        'Music',
        {
          type: 'picture-entity',
          entity: entities.cover,
          show_name: false,
          show_state: false,
          aspect_ratio: '3:2',
        },
        { type: 'markdown', content: `### ${word('title')}\n${word('artist')} · ${word('album')}` },
        {
          type: 'horizontal-stack',
          cards: ['previous', 'play_pause', 'next', 'stop'].map(key),
        },
        {
          type: 'tile',
          entity: entities.volume,
          name: 'Volume',
          features: [{ type: 'numeric-input', style: 'slider' }],
          features_position: 'inline',
        },
        {
          type: 'entities',
          entities: [
            { entity: entities.preset, name: 'Preset' },
            { entity: entities.play_media, name: 'Play' },
          ],
        },
      ),
    ],
  }
}

const wide = { grid_options: { columns: 'full' } }
