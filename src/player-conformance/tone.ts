const sampleRate = 44_100
const bytesPerSample = 2
/** -20 dB: audible, and not startling. */
const amplitude = 3_277
const headerBytes = 44

export const bytesPerSecond = sampleRate * bytesPerSample

/** A WAV file with a tone: 44.1 kHz, 16 bit, mono. */
export function toneFile(seconds: number, hz: number): Buffer {
  const soundBytes = seconds * bytesPerSecond
  const file = Buffer.alloc(headerBytes + soundBytes)
  file.write('RIFF', 0, 'latin1')
  file.writeUInt32LE(headerBytes - 8 + soundBytes, 4)
  file.write('WAVEfmt ', 8, 'latin1')
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(sampleRate, 24)
  file.writeUInt32LE(bytesPerSecond, 28)
  file.writeUInt16LE(bytesPerSample, 32)
  file.writeUInt16LE(bytesPerSample * 8, 34)
  file.write('data', 36, 'latin1')
  file.writeUInt32LE(soundBytes, 40)
  for (let sample = 0; sample < seconds * sampleRate; sample++) {
    const value = amplitude * Math.sin((2 * Math.PI * hz * sample) / sampleRate)
    file.writeInt16LE(Math.round(value), headerBytes + sample * bytesPerSample)
  }
  return file
}
