/** How long mpv waits for a server that does not answer. */
const networkTimeoutSeconds = 10

/** Limits for data buffered ahead and kept behind: a device with little memory plays two streams at once. */
const aheadBytes = 24 * 1024 * 1024
const behindBytes = 4 * 1024 * 1024

/** Containers of sound. ffmpeg knows some hundred more, among them lists of files. */
const files = 'aac,ac3,aiff,caf,eac3,flac,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,mpegts,ogg,opus,wav,w64'
/** Formats that refer to further URLs. */
const manifests = 'dash,hls'

/**
 * Protocols that a stream, its manifest and redirects may use: only the network, never a file of this device.
 */
const protocols = 'http,https,tcp,tls,crypto,data'

/**
 * mpv's command line. mpv gets all else over descriptor 3, and ends when that closes, so it never outlives
 * the agent. For mpv 0.35 to 0.40.
 *
 * @param audioDevice mpv's name of the device; `null` plays in real time without sound
 * @param caFile PEM file of the trusted certificate authorities
 * @param filesOnly excludes manifests
 */
export function mpvFlags(
  audioDevice: string | undefined,
  caFile: string,
  filesOnly = false,
): readonly string[] {
  const formats = filesOnly ? files : `${files},${manifests}`
  return [
    '--input-ipc-client=fd://3',
    '--idle=yes',
    '--no-terminal',
    // No configuration of the user, no scripts, no key bindings, no state of earlier runs.
    '--no-config',
    '--load-scripts=no',
    '--ytdl=no',
    '--osc=no',
    '--load-osd-console=no',
    '--load-stats-overlay=no',
    '--load-auto-profiles=no',
    '--input-default-bindings=no',
    '--input-builtin-bindings=no',
    '--resume-playback=no',
    // Only sound, and only the stream itself: no playlists, EDL, CUE sheets, archives, chapters or
    // accompanying files.
    '--no-video',
    '--sid=no',
    '--demuxer=lavf',
    '--autoload-files=no',
    '--ordered-chapters=no',
    '--load-unsafe-playlists=no',
    `--demuxer-lavf-o-append=format_whitelist=${formats}`,
    `--demuxer-lavf-o-append=protocol_whitelist=${protocols}`,
    `--stream-lavf-o-append=protocol_whitelist=${protocols}`,
    // Half a second of sound is enough to detect the format: mpv would wait for five seconds, and on a slow
    // line for as long.
    '--demuxer-lavf-analyzeduration=0.5',
    // By default mpv does not verify certificates.
    '--tls-verify=yes',
    `--tls-ca-file=${caFile}`,
    `--network-timeout=${networkTimeoutSeconds}`,
    `--demuxer-max-bytes=${aheadBytes}`,
    `--demuxer-max-back-bytes=${behindBytes}`,
    // Not `yes`: that would play all items at the sample rate of the first one.
    '--gapless-audio=weak',
    // On whole samples mpv's volume has 256 steps, of which none is left below 13 %.
    '--audio-format=float',
    ...(audioDevice === 'null'
      ? ['--ao=null']
      : audioDevice === undefined
        ? []
        : [`--audio-device=${audioDevice}`]),
  ]
}
