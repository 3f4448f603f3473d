import { commands, flagsOf, otherFlags, takesValue, type Command } from '../../src/cli/arguments.ts'
import { path } from '../../src/settings/kinds.ts'
import type { Setting } from '../../src/settings/setting.ts'
import { settingsTable } from '../../src/settings/table.ts'
import { product } from '../../src/version.ts'

/** A completion for bash 5 and newer, made from the tables of the help. It needs nothing of bash-completion's. */
export function bashCompletion(): string {
  const names = Object.keys(commands) as readonly Command[]
  return `# bash completion for ${product}, made from the tables of "${product} --help".
_${product}() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command='' word
  local -i at
  # Bash takes --flag=value apart.
  if [[ $current == = ]]; then
    current=''
  elif [[ $before == = ]] && ((COMP_CWORD > 1)); then
    before=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    if [[ $word == -- ]]; then
      # What follows is a program with its arguments.
      ${complete('-c -f')}
      return
    fi
    case $word in
      ${names.join(' | ')}) command=$word ;;
    esac
  done
  case $before in
${valueCases(names)}  esac
  if [[ $current == -* ]]; then
    local flags
    case $command in
${names.map((name) => `      ${name}) flags='${flagWords(name)}' ;;`).join('\n')}
      *) flags='${flagWords('run')}' ;;
    esac
    ${complete('-W "$flags"')}
  elif [[ -z $command ]]; then
    ${complete(`-W '${names.join(' ')}'`)}
  fi
}
complete -F _${product} ${product}
`
}

function flagWords(command: Command): string {
  const short = Object.values(otherFlags).map((flag) => `-${flag.short}`)
  return [...[...flagsOf(command).keys()].map((name) => `--${name}`), ...short].join(' ')
}

/** What may follow each flag that takes a value: words, files, or what only the person knows. */
function valueCases(names: readonly Command[]): string {
  const flags = new Map(names.flatMap((name) => [...flagsOf(name)]))
  const byChoice = new Map<string, string[]>()
  for (const [name, key] of flags) {
    if (!takesValue(name)) continue
    const choice = key === undefined ? 'COMPREPLY=()' : valuesOf(settingsTable[key])
    byChoice.set(choice, [...(byChoice.get(choice) ?? []), `--${name}`])
  }
  return [...byChoice]
    .map(([choice, alike]) => `    ${alike.join(' | ')})\n      ${choice}\n      return\n      ;;\n`)
    .join('')
}

function valuesOf({ parse }: Setting<unknown>): string {
  if (parse.words !== undefined) return complete(`-W '${parse.words.join(' ')}'`)
  return parse === path ? complete('-f') : 'COMPREPLY=()'
}

function complete(choice: string): string {
  return `mapfile -t COMPREPLY < <(compgen ${choice} -- "$current")`
}
