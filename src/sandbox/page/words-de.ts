import type { Words } from './words.ts'

export const wordsDe: Words = {
  language: 'de',
  title: 'Gerät registrieren',
  sandbox:
    'Dies ist eine Sandbox in Ihrem eigenen Netz. Sie ist nicht Amazon, und kein Amazon-Konto ist beteiligt.',
  enterCode: 'Geben Sie den Code ein, den Ihr Gerät anzeigt.',
  codeLabel: 'Code',
  goOn: 'Weiter',
  unknownCode:
    'Dieser Code ist nicht bekannt. Vergleichen Sie ihn mit Ihrem Gerät und geben Sie ihn neu ein.',
  expiredCode: 'Dieser Code ist abgelaufen. Fordern Sie am Gerät einen neuen an.',
  usedCode: 'Dieser Code wurde schon beantwortet. Fordern Sie am Gerät einen neuen an.',
  staleForm:
    'Diese Seite war nicht mehr aktuell. Es wurde nichts geändert; bitte versuchen Sie es noch einmal.',
  compare: 'Fahren Sie nur fort, wenn Ihr Gerät diesen Code anzeigt:',
  client: 'Client',
  wants: 'Das Gerät möchte:',
  signInAs: 'Anmelden als',
  allow: 'Zulassen',
  deny: 'Ablehnen',
  allowed: 'Geschafft! Ihr Gerät ist registriert.',
  denied: 'Sie haben abgelehnt. Ihr Gerät bekommt keinen Zugriff.',
  goBack: 'Sie können diese Seite schließen und zu Ihrem Gerät zurückkehren.',
  scopes: {
    profile: 'Ihren Namen und Ihre E-Mail-Adresse sehen',
    'profile:user_id': 'Ihr Konto wiedererkennen',
    postal_code: 'Ihre Postleitzahl sehen',
    'music::catalog': 'den Musikkatalog durchsuchen und lesen',
    'music::favorites': 'ändern, wem Sie folgen und was Ihnen gefällt',
    'music::favorites:read': 'sehen, wem Sie folgen und was Ihnen gefällt',
    'music::history': 'sehen, was Sie gehört haben',
    'music::library': 'Ihre Bibliothek und Playlists ändern',
    'music::library:read': 'Ihre Bibliothek und Playlists sehen',
    'music::playback': 'Musik abspielen',
    'music::profile': 'Ihr Musikprofil sehen und ändern',
    'music::profile:read': 'Ihr Musikprofil sehen',
    'music::recommendation': 'Ihre Empfehlungen sehen',
  },
}
