/** What systemd is told (sd_notify(3)). Values are one line each. */
export type Told = Readonly<Partial<Record<'READY' | 'STATUS' | 'WATCHDOG' | 'STOPPING', string>>>

/** As sd_notify(3) has it, an assignment each. */
export function assignments(words: Told): readonly string[] {
  return Object.entries(words).map(([name, value]) => `${name}=${value}`)
}
