import { commandLine, hosts, hours, mixer, text, wholeNumber, word } from './kinds.ts'
import { optional, preset, type Setting } from './setting.ts'

/** Rows of src/settings/table.ts: the player, its sound, and announcements. */
export const playbackSettings = {
  player: preset(
    'A2M_PLAYER',
    word(['auto', 'none', 'mpv', 'command'] as const),
    'auto',
    'The player: mpv; command, a program of your own; none, silent and in real time; auto, mpv where it is installed, else none.',
  ),
  playerCommand: optional(
    'A2M_PLAYER_COMMAND',
    commandLine,
    'Program and arguments of player `command` (docs/player-protocol.md). A JSON list if an argument contains spaces.',
    { shortened: true },
  ),
  audioDevice: optional(
    'A2M_AUDIO_DEVICE',
    text,
    "mpv's name of the sound device, such as alsa/sysdefault:CARD=vc4hdmi0; null plays in real time without sound. The log lists them.",
  ),
  mixer: optional(
    'A2M_MIXER',
    mixer,
    "Card and control of an ALSA mixer to set the volume with, such as sndrpihifiberry/Digital, instead of mpv's own volume.",
  ),
  volumeLimit: preset(
    'A2M_VOLUME_LIMIT',
    wholeNumber(1, 100),
    '100',
    'The highest volume allowed, 1 to 100.',
  ),
  nightVolumeLimit: optional(
    'A2M_NIGHT_VOLUME_LIMIT',
    wholeNumber(1, 100),
    'The highest volume during A2M_QUIET_HOURS.',
  ),
  quietHours: optional(
    'A2M_QUIET_HOURS',
    hours,
    'Hours of the day in local time, such as 22:00-07:00, in which nothing starts by itself and the night volume limit holds.',
  ),
  fadeInMs: preset(
    'A2M_FADE_IN_MS',
    wholeNumber(0, 10_000),
    '0',
    'Length of the fade-in when playing begins after silence.',
  ),
  fadeOutMs: preset(
    'A2M_FADE_OUT_MS',
    wholeNumber(0, 10_000),
    '0',
    'Length of the fade-out before a pause or stop.',
  ),
  takeOver: preset(
    'A2M_TAKEOVER',
    word(['ask', 'auto', 'never'] as const),
    'ask',
    "When another device uses the account's stream: ask (an error and an event; `play` with `takeover` then takes it over), auto (take it over), or never.",
  ),
  resume: preset(
    'A2M_RESUME',
    word(['off', 'paused', 'playing'] as const),
    'off',
    'After a restart: off; paused, `play` resumes what played last; playing, the agent resumes it by itself, but not in A2M_QUIET_HOURS.',
  ),
  announceMode: preset(
    'A2M_ANNOUNCE',
    word(['duck', 'pause'] as const),
    'duck',
    'Music during an announcement: duck (play more quietly) or pause.',
  ),
  announceVolume: optional(
    'A2M_ANNOUNCE_VOLUME',
    wholeNumber(1, 100),
    'Volume of announcements. Default: the volume of the music.',
  ),
  announceSeconds: preset(
    'A2M_ANNOUNCE_SECONDS',
    wholeNumber(1, 600),
    '60',
    'Longest announcement; a longer one is cut off.',
  ),
  announceHosts: preset(
    'A2M_ANNOUNCE_HOSTS',
    hosts,
    '',
    'Loopback and link-local hosts that announcements may be fetched from, separated by commas, such as localhost or 127.0.0.1:8123.',
  ),
  duckDb: preset(
    'A2M_DUCK_DB',
    wholeNumber(3, 60),
    '20',
    'Decibels by which music is lowered during an announcement.',
  ),
} as const satisfies Readonly<Record<string, Setting<unknown>>>
