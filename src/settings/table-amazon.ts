import { clientId, scopes, securityProfileId } from './amazon-kinds.ts'
import { locale, path, webUrl } from './kinds.ts'
import { optional, preset, required, type Setting } from './setting.ts'

/** Rows of src/settings/table.ts: Login with Amazon and the Amazon Music Web API. */
export const amazonSettings = {
  lwaClientId: required(
    'A2M_LWA_CLIENT_ID',
    clientId,
    'Client ID of a Login with Amazon client for "TVs and other devices" (amzn1.application-oa2-client.…).',
    { shortened: true },
  ),
  securityProfileId: required(
    'A2M_SECURITY_PROFILE_ID',
    securityProfileId,
    'ID of the security profile that Amazon Music has enabled (amzn1.application.…).',
    { shortened: true },
  ),
  scopes: preset(
    'A2M_SCOPES',
    scopes,
    'music::playback music::catalog',
    'Scopes to ask the user for, separated by spaces.',
  ),
  lwaUrl: preset('A2M_LWA_URL', webUrl, 'https://api.amazon.com', 'Address of Login with Amazon.'),
  musicUrl: preset(
    'A2M_MUSIC_URL',
    webUrl,
    'https://api.music.amazon.dev',
    'Address of the Amazon Music Web API, without /v1.',
  ),
  musicRoutesFile: optional(
    'A2M_MUSIC_ROUTES_FILE',
    path,
    'JSON file whose routes replace the built-in ones, for partners who hold the full API reference.',
  ),
  locale: preset('A2M_LOCALE', locale, 'en-US', "Language of Amazon's pages and titles (Accept-Language)."),
  caFile: optional(
    'A2M_CA_FILE',
    path,
    'PEM file of an authority to trust beside the public ones, for everything the agent fetches: Login with Amazon, API, covers, announcements, streams. For the broker: A2M_MQTT_CA_FILE.',
  ),
} as const satisfies Readonly<Record<string, Setting<unknown>>>
