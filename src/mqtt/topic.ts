/**
 * mosquitto's limit on levels. It disconnects a client that exceeds it (measured with 2.0.11, reason 130).
 * Senders choose response topics, so one of them could disconnect the agent.
 */
const maxSeparators = 200

const maxTopicBytes = 65_535

/** Control and non-characters: a broker may disconnect (section 1.5.4; mosquitto does, reason 129). */
const forbiddenCharacters = /[\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff]/

/**
 * Returns why `topic` cannot be published to, or undefined. Each of these would end the connection or (empty
 * topic) never be acknowledged: measured with mosquitto 2.0.11 and MQTT.js 5.16, which checks none of them.
 */
export function topicProblem(topic: string): string | undefined {
  if (topic === '') return 'the topic is empty'
  if (topic.includes('+') || topic.includes('#')) return 'the topic contains a wildcard'
  if (forbiddenCharacters.test(topic)) return 'the topic contains a control character'
  // A UTF-16 unit has at most three bytes in UTF-8: short topics need no counting.
  if (topic.length * 3 > maxTopicBytes && Buffer.byteLength(topic) > maxTopicBytes) {
    return `the topic is longer than ${maxTopicBytes} bytes`
  }
  if (topic.length > maxSeparators && topic.split('/').length - 1 > maxSeparators) {
    return `the topic has more than ${maxSeparators + 1} levels`
  }
  return undefined
}
