/**
 * Lines of Home Assistant's log that warn of anything to do with MQTT or with the device, each with what belongs to
 * it.
 *
 * @param {string} log
 * @returns {string[]}
 */
export function mqttComplaints(log) {
  return log
    .split(/\n(?=\d{4}-\d\d-\d\d )/)
    .filter((entry) => / (WARNING|ERROR|CRITICAL) /.test(entry.split('\n')[0]))
    .filter((entry) => /mqtt|kitchen/i.test(entry.replaceAll(/\S*\/amazonmusic2mqtt\/\S*/g, '')))
}
