/**
 * mosquitto's limit on levels; beyond it, it disconnects the sender (measured with 2.0.11, reason 130). Senders choose
 * response topics, so one of them could otherwise have us thrown out.
 */
const maxSeparators = 200

const maxTopicBytes = 65_535

/** Control characters and non-characters: a broker may close the connection (section 1.5.4; mosquitto does: 129). */
const forbiddenCharacters = /[\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff]/

/**
 * Why nothing can be published to `topic`, in words, or undefined. Each of these would cost us the connection, or
 * (empty topic) never be acknowledged: measured with mosquitto 2.0.11 and MQTT.js 5.16, which checks none of them.
 */
export function topicProblem(topic: string): string | undefined {
  if (topic === '') return 'the topic is empty'
  if (topic.includes('+') || topic.includes('#')) return 'the topic contains a wildcard'
  if (forbiddenCharacters.test(topic)) return 'the topic contains a control character'
  // A character has at most three bytes per UTF-16 unit: short topics need no counting.
  if (topic.length * 3 > maxTopicBytes && Buffer.byteLength(topic) > maxTopicBytes) {
    return `the topic is longer than ${maxTopicBytes} bytes`
  }
  if (topic.length > maxSeparators && topic.split('/').length - 1 > maxSeparators) {
    return `the topic has more than ${maxSeparators + 1} levels`
  }
  return undefined
}
