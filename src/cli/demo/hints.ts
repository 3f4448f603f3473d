/** Commands to try once the demo is signed in, to paste into another terminal. */
export function hints(brokerUrl: URL, prefix: string): string {
  const port = brokerUrl.port === '' ? '1883' : brokerUrl.port
  const at = `-h ${brokerUrl.hostname} -p ${port}`
  return [
    '',
    'Signed in. Now, in another terminal (package mosquitto-clients):',
    '',
    `  mosquitto_sub ${at} -v -t '${prefix}/#' -T '${prefix}/login/qr' -T '${prefix}/cover'`,
    `  mosquitto_pub ${at} -t ${prefix}/request/play -m '{"query":"sunday kitchen"}'`,
    `  mosquitto_pub ${at} -t ${prefix}/command -m next`,
    `  mosquitto_pub ${at} -t ${prefix}/set/volume -m 30`,
    `  mosquitto_pub ${at} -t ${prefix}/command -m pause`,
    '',
    'Ctrl-C ends all.',
    '',
    '',
  ].join('\n')
}
