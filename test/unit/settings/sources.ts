import { AppError } from '../../../src/lib/errors.ts'
import { readSettings, type SettingFlags } from '../../../src/settings/read-settings.ts'
import type { Environment, Facts } from '../../../src/settings/setting.ts'
import type { Settings } from '../../../src/settings/table.ts'

/** The two settings there is no agent without. */
export const enough = {
  A2M_LWA_CLIENT_ID: 'amzn1.application-oa2-client.0123456789abcdef0123456789abcdef',
  A2M_SECURITY_PROFILE_ID: 'amzn1.application.fedcba9876543210fedcba9876543210',
}

/** A machine called kitchen.home.arpa with these files on it. */
export function facts(files: Readonly<Record<string, string>> = {}): Facts {
  return {
    hostName: 'kitchen.home.arpa',
    homeDir: '/home/pat',
    readFile: (path) => {
      const content = files[path]
      if (content === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
      return content
    },
  }
}

export function read(
  env: Environment,
  flags: SettingFlags = {},
  files: Readonly<Record<string, string>> = {},
): { readonly settings: Settings; readonly notices: readonly string[] } {
  return readSettings({ env: { ...enough, ...env }, flags, facts: facts(files) })
}

/** The lines of the refusal, without its headline. */
export function problems(
  env: Environment,
  flags: SettingFlags = {},
  files: Readonly<Record<string, string>> = {},
): readonly string[] {
  try {
    read(env, flags, files)
  } catch (error) {
    if (error instanceof AppError && error.code === 'settings/invalid') {
      return error.message.split('\n  ').slice(1)
    }
    throw error
  }
  throw new Error('these settings were accepted')
}
