import assert from 'node:assert/strict'
import { test } from 'node:test'

import { protocolLimits } from '../../../src/mqtt/message.ts'
import { Outbox } from '../../../src/mqtt/outbox.ts'
import { RetainedMessages } from '../../../src/mqtt/retained-messages.ts'
import { logSink } from '../../support/log-sink.ts'

test('the picture is sent when what is left of it has been forgotten', () => {
  const picture = new RetainedMessages()
  const outbox = new Outbox(picture, logSink().log, () => undefined)
  for (const topic of ['a', 'b', 'c']) picture.set(topic, '1')
  const acknowledgements: (() => void)[] = []
  const said: string[] = []
  outbox.attach({
    limits: { ...protocolLimits, receiveMaximum: 1 },
    publish({ topic }, done) {
      said.push(topic)
      acknowledgements.push(done)
    },
  })
  let isSent = false
  outbox.sendRetained(() => (isSent = true))
  picture.forget('b')
  picture.forget('c')
  outbox.pump()
  assert.equal(isSent, false, 'a is not acknowledged: nothing may be sent after it')
  acknowledgements[0]?.()
  assert.deepEqual([said, isSent], [['a'], true])
})
