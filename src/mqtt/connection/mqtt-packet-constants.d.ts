declare module 'debug' {
  const debug: { disable(): string }
  export default debug
}

declare module 'mqtt-packet/constants.js' {
  /** The reason codes that the parser lets pass, by packet. */
  type Codes = Record<number, string>
  const constants: {
    readonly MQTT5_PUBACK_PUBREC_CODES: Codes
    readonly MQTT5_SUBACK_CODES: Codes
    readonly MQTT5_DISCONNECT_CODES: Codes
  }
  export default constants
}
