import { commands, otherFlags, ownFlags, takesValue } from '../../src/cli/arguments.ts'
import { exitCodes } from '../../src/cli/help.ts'
import type { Setting } from '../../src/settings/setting.ts'
import { flagOf, settingKeys, settingsTable } from '../../src/settings/table.ts'
import { product, version } from '../../src/version.ts'

/**
 * The page amazonmusic2mqtt(1), made from the tables of the help, in the macros of man(7).
 *
 * @param date its day, such as 2026-11-22
 */
export function manPage(date: string): string {
  return [
    `.\\" Made from the tables of "${product} --help".`,
    `.TH ${product.toUpperCase()} 1 ${date} "${product} ${version}" "User Commands"`,
    // No hyphens of its own: half of the words here are to be copied.
    '.nh',
    '.ad l',
    '.SH NAME',
    `${product} \\- Amazon Music on a device without a screen, by MQTT`,
    '.SH SYNOPSIS',
    `.B ${product}`,
    '.RI [ COMMAND ]',
    '.RI [ FLAGS ]',
    '.br',
    `.B ${product} check\\-player \\-\\-`,
    '.I PROGRAM',
    '.RI [ ARGUMENTS ]',
    '.SH DESCRIPTION',
    plain('Signs a device without a screen in to Amazon Music by QR code, and bridges MQTT to it.'),
    '.PP',
    plain(
      'The service of the same name runs it; commands given as root speak to that service, as its own user. They read the settings in /etc/amazonmusic2mqtt/amazonmusic2mqtt.env as the service does.',
    ),
    '.SH COMMANDS',
    ...Object.entries(commands).flatMap(([name, doc]) => tagged(bold(name), doc)),
    '.SH OPTIONS',
    'Each setting below may also be given as a flag, which is stronger than its variable.',
    ...Object.entries(otherFlags).flatMap(([name, { short, doc }]) =>
      tagged(`${bold(`-${short}`)}, ${bold(`--${name}`)}`, doc),
    ),
    ...ownFlags.flatMap(({ of, flags }) => [
      `.SS Of ${of.join(' and ')}`,
      ...Object.entries(flags).flatMap(([name, doc]) => tagged(flagUsage(name), doc)),
    ]),
    '.SH ENVIRONMENT',
    ...settingKeys.flatMap((key) => setting(settingsTable[key])),
    '.SH EXIT STATUS',
    ...Object.values(exitCodes).flatMap(([code, meaning]) => tagged(bold(String(code)), meaning)),
    '.SH FILES',
    ...Object.entries(files).flatMap(([path, doc]) => tagged(`\\fI${escaped(path)}\\fR`, doc)),
    '.SH EXAMPLES',
    ...Object.entries(examples).flatMap(([line, doc]) => tagged(bold(line), doc)),
    '.SH SEE ALSO',
    '.BR mpv (1),',
    '.BR systemctl (1),',
    '.BR journalctl (1)',
    '',
  ].join('\n')
}

const files = {
  '/etc/amazonmusic2mqtt/amazonmusic2mqtt.env': 'The settings, for root and the service only.',
  '/var/lib/amazonmusic2mqtt/': 'The sign-in and what else must survive a restart.',
  '/run/amazonmusic2mqtt/':
    'While a code waits: motd and issue, the texts that are shown at a login and before it, by way of a copy of root.',
}

const examples = {
  'sudo amazonmusic2mqtt login': 'Show the QR code of the service and wait until the sign-in is done.',
  'sudo amazonmusic2mqtt check': 'Try everything that the service needs.',
  'journalctl -u amazonmusic2mqtt': 'What it has done so far.',
  'amazonmusic2mqtt demo': 'Try it with a stand-in for Amazon, without an account.',
}

function setting({ env, required, secret, defaultText, doc }: Setting<unknown>): readonly string[] {
  const more = required ? ' Required.' : defaultText === '' ? '' : ` Default: ${defaultText}.`
  return tagged(secret ? bold(env) : `${bold(env)}, ${flagUsage(flagOf(env))}`, doc + more)
}

function flagUsage(name: string): string {
  return takesValue(name) ? `${bold(`--${name}`)} \\fIVALUE\\fR` : bold(`--${name}`)
}

function tagged(tag: string, text: string): readonly string[] {
  return ['.TP', tag, plain(text)]
}

function bold(text: string): string {
  return `\\fB${escaped(text)}\\fR`
}

/** A line of text that no macro begins with. */
function plain(text: string): string {
  return escaped(text).replace(/^[.']/, '\\&$&')
}

/** groff's own names for what it would read otherwise, or what not every terminal shows. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('"', '\\(dq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replaceAll('…', '...')
    .replace(
      /[^\0-\x7f]/gu,
      (sign) => `\\[u${sign.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}]`,
    )
}
