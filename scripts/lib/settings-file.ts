import type { Setting } from '../../src/settings/setting.ts'
import { settingKeys, settingsTable } from '../../src/settings/table.ts'

/**
 * A file of settings with the words of the table, each at its default and commented out, to be filled in by a person.
 *
 * @param heading comment lines, each with its "# "
 * @param options `openRequired`: what must be set has no "#" before it
 */
export function settingsFile(heading: string, { openRequired }: { openRequired: boolean }): string {
  const rows = settingKeys.map((key) => {
    const { env, required, defaultText, doc }: Setting<unknown> = settingsTable[key]
    const isValue = defaultText !== '' && !/[ $]/.test(defaultText.replace(' music::', ''))
    const more = required ? ' Required.' : defaultText === '' || isValue ? '' : ` Default: ${defaultText}.`
    const sign = required && openRequired ? '' : '#'
    return `# ${doc}${more}\n${sign}${env}=${isValue ? quoted(defaultText) : ''}\n`
  })
  return [heading, ...rows].join('\n')
}

/** Shells, Node and systemd agree on this form. */
function quoted(text: string): string {
  return text.includes(' ') ? `"${text}"` : text
}
