import { pageAnswer, type Answer } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { Route } from '../http/routes.ts'
import { isExpired, type CodePair } from '../lwa/code-pairs.ts'
import type { World } from '../world.ts'
import { codeForm, consentForm, decidedPage } from './code-page.ts'
import { wordsFor, type Words } from './words.ts'

/** The page at `verification_uri`, with or without `?cbl-code=` (LWA display; alexa-auto-sdk samples). */
export function signInRoutes(world: World): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/',
      handle: () => ({ status: 302, headers: { location: '/us/code' }, body: '' }),
    },
    { method: 'GET', path: '/us/code', handle: (call) => showPage(world, call) },
    { method: 'POST', path: '/us/code', handle: (call) => decide(world, call) },
  ]
}

function showPage(world: World, call: Call): Answer {
  const code = typedCode(call.query.get('cbl-code'))
  const pair = world.codePairs.withUserCode(code)
  const words = pageWords(pair, call)
  if (code === '') return pageAnswer(200, codeForm(words, null))
  const complaint = complaintAbout(world, pair, words)
  if (pair === null || complaint !== null) return pageAnswer(404, codeForm(words, complaint))
  return pageAnswer(200, consentForm(words, pair, world.accounts))
}

function decide(world: World, call: Call): Answer {
  const form = new URLSearchParams(call.body.toString('utf8'))
  const pair = world.codePairs.withUserCode(typedCode(form.get('cbl-code')))
  const words = pageWords(pair, call)
  const complaint = complaintAbout(world, pair, words)
  if (pair === null || complaint !== null) return pageAnswer(404, codeForm(words, complaint))
  const account = world.accounts.find(({ key }) => key === form.get('account')) ?? world.accounts[0]
  const decision = form.get('decision')
  if (form.get('form_token') !== pair.formToken || (decision !== 'allow' && decision !== 'deny')) {
    return pageAnswer(403, codeForm(words, words.staleForm))
  }
  if (decision === 'deny') {
    pair.state = 'denied'
    return pageAnswer(200, decidedPage(words, 'denied'))
  }
  pair.state = 'approved'
  pair.account = account
  return pageAnswer(200, decidedPage(words, 'allowed'))
}

/** Explains why this code pair cannot be answered; null when it can. */
function complaintAbout(world: World, pair: CodePair | null, words: Words): string | null {
  if (pair === null) return words.unknownCode
  if (pair.state !== 'pending') return words.usedCode
  return isExpired(pair, world.clock.monotonicMs()) ? words.expiredCode : null
}

/** The language that the device requested; before a code is known, that of the browser. */
function pageWords(pair: CodePair | null, call: Call): Words {
  return wordsFor(pair?.acceptLanguage ?? call.header('accept-language'))
}

/** Users type lower case, spaces and dashes. */
function typedCode(typed: string | null): string {
  return (typed ?? '').replace(/[\s-]/g, '').toUpperCase()
}
