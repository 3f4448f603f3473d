/**
 * Texts for return codes of MQTT 3.1.1 (section 3.2.2.3), below 128, and reason codes of MQTT 5 (section
 * 2.4), from 128. Any code may come in any packet: brokers do not follow the specification's lists (mosquitto
 * answers a PUBLISH with 149).
 */
const reasons: Readonly<Record<number, string>> = {
  1: 'this version of MQTT is not supported',
  2: 'client id rejected',
  3: 'it is not available',
  4: 'wrong user name or password',
  5: 'not authorized: user name, password, client id or rights',
  128: 'it gives no reason',
  129: 'malformed packet',
  130: 'protocol error',
  131: 'a rule of its own',
  132: 'this version of MQTT is not supported',
  133: 'client id rejected',
  134: 'wrong user name or password',
  135: 'not authorized: user name, password, client id or rights',
  136: 'it is not available',
  137: 'it is busy',
  138: 'this client is banned',
  139: 'it is shutting down',
  140: 'the authentication method is not supported',
  141: 'it received nothing in time',
  142: 'another client connected with the same client id',
  143: 'the topic filter is not allowed',
  144: 'the topic is not allowed',
  145: 'packet identifier in use',
  146: 'packet identifier not found',
  147: 'too many unacknowledged messages',
  148: 'topic alias not valid',
  149: 'packet too large',
  150: 'too many messages in a short time',
  151: 'quota exceeded',
  152: 'an administrator ended it',
  153: 'payload format not valid',
  154: 'it does not retain messages',
  155: 'it does not support this QoS',
  156: 'use another broker',
  157: 'it has moved',
  158: 'shared subscriptions are not supported',
  159: 'too many connections in a short time',
  160: 'the longest time of a connection is over',
  161: 'subscription identifiers are not supported',
  162: 'wildcard subscriptions are not supported',
}

/** The text after "The broker refused …: ". */
export function reasonText(code: number): string {
  const text = reasons[code]
  return text === undefined ? `unknown reason code ${code}` : `${text} (code ${code})`
}
