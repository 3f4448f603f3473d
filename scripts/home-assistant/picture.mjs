/**
 * What Home Assistant must show of what the agent says on its topics: state by key of component; undefined stands for
 * anything but `unavailable`. Written against the contract, not against the templates.
 *
 * @param {{ json: (name: string) => any, text: (name: string) => string | undefined }} ear
 * @returns {Record<string, string | undefined>}
 */
export function pictureOf(ear) {
  if (ear.text('availability') !== 'online') return {}
  const [state, login, account, error, update] = ['state', 'login', 'account', 'error', 'update'].map(
    ear.json,
  )
  const isSignedIn = state.state !== 'off'
  const isServed = isSignedIn && state.service !== 'offline'
  const when = (condition, value) => (condition ? value : 'unavailable')
  return {
    playback: state.state,
    title: shown(state.media_title),
    artist: shown(state.media_artist),
    album: shown(state.media_album_name),
    duration: shown(state.media_duration),
    position: shown(state.media_position),
    cover: when(ear.text('cover/status') === 'available'),
    play: when(isSignedIn),
    pause: undefined,
    play_pause: when(isSignedIn),
    stop: undefined,
    next: when(isServed),
    previous: when(isServed),
    volume: shown(state.volume),
    muted: onOff(state.muted),
    shuffle: when(isServed, onOff(state.shuffle)),
    repeat: when(isServed, state.repeat),
    preset: when(isSignedIn, shown(state.preset)),
    play_media: when(isSignedIn),
    play_long: when(isSignedIn),
    sleep: state.sleep_at === null ? '0' : undefined,
    sleep_at: time(state.sleep_at),
    skips_left: shown(state.remaining_skips),
    service: state.service,
    login_qr: when(ear.text('login/status') === 'pending'),
    login_url: shown(login.verification_uri_complete),
    login_code: shown(login.user_code),
    login_expires: time(login.expires_at),
    login: undefined,
    account: onOff(account.linked),
    problem: onOff(error.active),
    last_error: shown(error.code),
    problem_qr: when(error.url !== null),
    restart: undefined,
    update:
      update.latest_version === null ? 'unknown' : onOff(update.latest_version !== update.installed_version),
    events: undefined,
    ...(state.player === 'none' ? {} : { announce: undefined, announcing: onOff(state.announcing) }),
  }
}

function shown(value) {
  return value === null ? 'unknown' : String(value)
}

function onOff(value) {
  return value ? 'on' : 'off'
}

function time(value) {
  return value === null ? 'unknown' : value.replace(/\.\d+Z$/, '+00:00')
}
