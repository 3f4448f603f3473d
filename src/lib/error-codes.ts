/**
 * Who is responsible for an error, and so who acts on it: `config` the operator (a setting is wrong; the
 * agent stops or stops asking), `unauthorized` the user (sign in again), `rejected` the sender of a command,
 * `throttled` the agent, which is too fast, `unavailable` the network or a peer (retried), `protocol` a peer
 * whose answer cannot be understood (treated as unavailable), `internal` the agent.
 */
export type ErrorKind =
  'config' | 'unauthorized' | 'rejected' | 'throttled' | 'unavailable' | 'protocol' | 'internal'

interface ErrorEntry {
  readonly kind: ErrorKind
  /** What happened, in general. */
  readonly cause: string
  /** What a person can do about it. */
  readonly remedy: string
}

/** Every code in logs, answers and exit messages. docs/errors.md is generated from this table. */
export const errorCodes = {
  // settings and the state folder
  'settings/invalid': {
    kind: 'config',
    cause: 'One or more settings are missing or have a value the agent cannot use.',
    remedy: 'Each problem names its setting and what is expected. Correct them and start the agent again.',
  },
  'usage/invalid': {
    kind: 'config',
    cause: 'The command line was not understood.',
    remedy: 'amazonmusic2mqtt --help lists the commands and flags.',
  },
  'state/owned': {
    kind: 'unavailable',
    cause: 'Another agent is already running on the same state folder.',
    remedy: 'Stop the other one, or give this one a state folder of its own (A2M_STATE_DIR).',
  },
  'state/unwritable': {
    kind: 'config',
    cause: 'The state folder cannot be written, so a sign-in would be lost.',
    remedy:
      'Make A2M_STATE_DIR a folder that the agent may write to, on a file system that is not full or read-only.',
  },
  'state/volatile': {
    kind: 'config',
    cause: 'The state folder is in memory only, so a sign-in works until the device restarts, and no longer.',
    remedy:
      'Put A2M_STATE_DIR on a partition that is written to the card or disk, or mount one there: with a read-only or overlay root (raspi-config, overlayroot) that is a partition of its own.',
  },
  'state/corrupt': {
    kind: 'internal',
    cause:
      'A file in the state folder could not be read as what it should be. It was set aside, not deleted.',
    remedy:
      'Nothing, if the previous copy could be used; else sign in again. A failing SD card is the usual reason.',
  },

  // network, common to all peers
  'net/refused': {
    kind: 'unavailable',
    cause: 'The peer refused the connection.',
    remedy: 'Check that it runs and that address and port are right. The agent keeps trying.',
  },
  'net/dns': {
    kind: 'unavailable',
    cause: 'The name of the peer could not be resolved.',
    remedy: 'Check the network and its DNS server. The agent keeps trying.',
  },
  'net/timeout': {
    kind: 'unavailable',
    cause: 'The peer did not answer in time.',
    remedy: 'Check the network. The agent keeps trying.',
  },
  'net/failed': {
    kind: 'unavailable',
    cause: 'The connection failed or broke.',
    remedy: 'Check the network. The agent keeps trying.',
  },
  'net/certificate': {
    kind: 'unavailable',
    cause: "The peer's TLS certificate is not trusted.",
    remedy:
      'Check the address; for a certificate of your own set A2M_MQTT_CA_FILE (broker) or A2M_CA_FILE (all else), for a broker whose certificate has another name A2M_MQTT_SERVER_NAME.',
  },
  'net/clock': {
    kind: 'unavailable',
    cause: "This device's clock is wrong, so that certificates seem not to be valid.",
    remedy:
      'Wait until the clock is set, or set it: timedatectl shows it. The agent goes on by itself as soon as the time is there.',
  },
  'net/expired': {
    kind: 'unavailable',
    cause:
      "The peer's TLS certificate has run out, or is not valid yet, and this device's clock seems right.",
    remedy: "Renew the broker's certificate. One of a service on the internet is not yours to renew: wait.",
  },
  'net/too-large': {
    kind: 'protocol',
    cause: 'An answer was larger than the agent accepts.',
    remedy: 'Report it with the log line.',
  },
  'net/answer': {
    kind: 'protocol',
    cause: 'An answer did not have the form that the interface documents.',
    remedy:
      'The log names the field. If it lasts, the service has changed: look for a newer version of the agent.',
  },

  // sign-in (Login with Amazon)
  'account/signed-out': {
    kind: 'unauthorized',
    cause: 'The device is not signed in to Amazon Music.',
    remedy: 'Scan the QR code, or open the URL and enter the code: amazonmusic2mqtt login shows them.',
  },
  'account/denied': {
    kind: 'unauthorized',
    cause: 'The sign-in was denied on the Amazon page.',
    remedy: 'Ask for a new code (command login) and choose Allow.',
  },
  'account/code-expired': {
    kind: 'unauthorized',
    cause: 'The code was not used in time.',
    remedy:
      'A new code is shown; after a few unused ones ask for one: amazonmusic2mqtt login, or the command login.',
  },
  'account/revoked': {
    kind: 'unauthorized',
    cause:
      'Amazon no longer accepts the saved refresh token: the app was removed from the account, or the token died.',
    remedy: 'Scan the new QR code.',
  },
  'account/client': {
    kind: 'config',
    cause: 'Amazon refused the client id.',
    remedy:
      'A2M_LWA_CLIENT_ID must be the id of a client for "TVs and other devices" of your security profile, not its web client.',
  },
  'account/scope': {
    kind: 'config',
    cause: 'Amazon refused a scope: the security profile has not been granted it.',
    remedy: 'Ask Amazon to allow the music scopes for the profile, or ask for fewer with A2M_SCOPES.',
  },
  'account/request': {
    kind: 'config',
    cause: 'Amazon called the request itself wrong.',
    remedy: 'Check A2M_LWA_CLIENT_ID and A2M_LWA_URL; if they are right, report it with the log line.',
  },
  'account/unavailable': {
    kind: 'unavailable',
    cause: 'Login with Amazon is out of order or overloaded.',
    remedy: 'Nothing: the agent keeps the token and tries again.',
  },
  'account/unnamed': {
    kind: 'unavailable',
    cause: 'Login with Amazon refused the request with an error that none of its documents names.',
    remedy:
      'Nothing at first: the agent keeps the sign-in and tries again, at last once an hour. If it stays, check A2M_LWA_CLIENT_ID and A2M_LWA_URL, and report it with the log line.',
  },

  // Amazon Music Web API
  'music/unauthorized': {
    kind: 'unauthorized',
    cause: 'The music service refused the access token even after it was renewed.',
    remedy:
      'Sign in again (command login). If it stays, the security profile is not enabled for Amazon Music.',
  },
  'music/api-key': {
    kind: 'config',
    cause: 'The music service refused the Security Profile ID.',
    remedy: 'Check A2M_SECURITY_PROFILE_ID, and that Amazon has enabled the profile for Amazon Music.',
  },
  'music/no-account': {
    kind: 'rejected',
    cause: 'The Amazon account has no Amazon Music.',
    remedy: 'Open the page shown with the error (also as a QR code) and set it up.',
  },
  'music/subscription': {
    kind: 'rejected',
    cause: "The account's subscription does not include this.",
    remedy: 'Choose something the subscription includes, or change the subscription.',
  },
  'music/forbidden': {
    kind: 'rejected',
    cause: 'The music service does not allow this.',
    remedy:
      'Check A2M_SCOPES and sign in again if a scope was added; else the service forbids it for this queue.',
  },
  'music/bad-request': {
    kind: 'rejected',
    cause: 'The music service called the request malformed.',
    remedy: 'Check the arguments. If they are right, the route may differ: see A2M_MUSIC_ROUTES_FILE.',
  },
  'music/not-found': {
    kind: 'rejected',
    cause: 'The music service does not know what was asked for.',
    remedy: 'Check the id or the search words.',
  },
  'music/route': {
    kind: 'rejected',
    cause: 'The music service has no such route: this one is not publicly documented and was inferred.',
    remedy: 'Set the right method and path in A2M_MUSIC_ROUTES_FILE (approved partners have the reference).',
  },
  'music/max-concurrency': {
    kind: 'rejected',
    cause: 'Another device of the account is already playing, and the account allows no further stream.',
    remedy: 'Stop the other device, or take its stream over: play with takeover (A2M_TAKEOVER).',
  },
  'music/throttled': {
    kind: 'throttled',
    cause: 'The music service asked the agent to slow down.',
    remedy: 'Nothing: the agent waits. Send fewer commands.',
  },
  'music/unavailable': {
    kind: 'unavailable',
    cause: 'The music service is out of order.',
    remedy: 'Nothing: try again later.',
  },

  // playback
  'playback/nothing': {
    kind: 'rejected',
    cause: 'Nothing is loaded, and there is no earlier session to go on with.',
    remedy: 'Say what to play: request/play with id or query.',
  },
  'playback/no-result': {
    kind: 'rejected',
    cause: 'The search found nothing to play.',
    remedy: 'Try other words or another type.',
  },
  'playback/skip-limit': {
    kind: 'rejected',
    cause: 'The service allows no more skips for now.',
    remedy: 'Wait (usually up to an hour), or use a subscription without the limit.',
  },
  'playback/forbidden': {
    kind: 'rejected',
    cause: 'The service does not allow this action for what plays now.',
    remedy: "state's can_* keys and disabled_reason tell what is allowed.",
  },
  'playback/end-of-queue': {
    kind: 'rejected',
    cause: 'The queue has nothing further in that direction.',
    remedy: 'Queue something, or play something new.',
  },
  'playback/preset': {
    kind: 'rejected',
    cause: 'There is no preset of that name.',
    remedy: 'request/presets lists them; request/preset_save makes one.',
  },
  'playback/no-stream': {
    kind: 'rejected',
    cause: 'The service named nothing the player can play.',
    remedy: 'Try something else; the log names the entity.',
  },
  'playback/announce-host': {
    kind: 'rejected',
    cause: 'The address of the announcement leads to this device itself or to an address of its own link.',
    remedy: 'Use the address of another device, or name the host in A2M_ANNOUNCE_HOSTS if that is meant.',
  },
  'playback/too-short': {
    kind: 'rejected',
    cause: 'Entry after entry ended as soon as it began, so playing was given up.',
    remedy:
      'Play something else. With a player of your own, see that it says "ended" at the end only; the log names the entries.',
  },
  'playback/muted': {
    kind: 'rejected',
    cause: 'The device is muted, or its volume is 0, so an announcement would not be heard.',
    remedy: 'Unmute it, or say volume with the announcement: one with a volume of its own is heard.',
  },

  // commands over MQTT
  'command/retained': {
    kind: 'rejected',
    cause: 'The command arrived retained: it would be replayed at every reconnect.',
    remedy: 'Send commands without the retain flag, and clear the topic with an empty retained message.',
  },
  'command/unknown': {
    kind: 'rejected',
    cause: 'There is no such command, key or request.',
    remedy: 'docs/mqtt.md lists them.',
  },
  'command/payload': {
    kind: 'rejected',
    cause: 'The payload is not what this topic takes.',
    remedy: 'The message says what is expected.',
  },
  'command/too-large': {
    kind: 'rejected',
    cause: 'The payload is larger than any command can be.',
    remedy: 'Commands are at most 64 kB.',
  },
  'command/expired': {
    kind: 'rejected',
    cause: 'The command waited longer than its message expiry interval.',
    remedy: 'Send it again.',
  },
  'command/superseded': {
    kind: 'rejected',
    cause: 'A newer command of the same kind arrived before this one was begun.',
    remedy: 'Nothing: the newer one is carried out.',
  },
  'command/queue-full': {
    kind: 'throttled',
    cause: 'Too many commands are waiting.',
    remedy: 'Send fewer at a time; wait for the answers.',
  },
  'command/stopping': {
    kind: 'unavailable',
    cause: 'The agent was stopped before the command was carried out.',
    remedy: 'Send it again when the agent is online.',
  },

  // the broker
  'mqtt/refused': {
    kind: 'unavailable',
    cause: 'The broker refused the connection.',
    remedy:
      'Check A2M_MQTT_USERNAME and A2M_MQTT_PASSWORD and the rights of that user. A broker that lets in certain client ids only (clientid_prefixes in mosquitto) needs A2M_MQTT_CLIENT_ID. The agent keeps trying.',
  },
  'mqtt/wrong-port': {
    kind: 'unavailable',
    cause: 'What answers at the address of the broker does not speak as A2M_MQTT_URL says.',
    remedy:
      'Correct scheme and port of A2M_MQTT_URL: usually mqtt:// has port 1883, mqtts:// 8883, ws:// and wss:// a port and path of their own.',
  },
  'mqtt/not-authorized': {
    kind: 'unavailable',
    cause: 'The broker refused a publish or a subscription.',
    remedy: "Give the agent's user the right to read and write its topics (docs/mqtt.md lists them).",
  },
  'mqtt/taken-over': {
    kind: 'unavailable',
    cause: 'Another client connected with the same client id.',
    remedy:
      'Two agents share a copied state folder: delete device.json in one of them. Or they have the same A2M_MQTT_CLIENT_ID; or the same user at a broker that takes the user name for the client id (use_username_as_clientid in mosquitto): give each its own.',
  },
  'mqtt/name-taken': {
    kind: 'config',
    cause: 'Another device at this broker has the same name and base topic.',
    remedy:
      'Give each device a name of its own: A2M_DEVICE_NAME. Until then this one has part of its id behind its name.',
  },
  'mqtt/too-large': {
    kind: 'internal',
    cause: 'A message was larger than the broker accepts. It is left out; everything else goes on.',
    remedy:
      "Raise the broker's limit: max_packet_size or message_size_limit in mosquitto. Home Assistant is told of the device in smaller messages meanwhile.",
  },
  'mqtt/unsupported': {
    kind: 'unavailable',
    cause: 'The broker does not retain messages, or does not support QoS 1.',
    remedy:
      'Allow retained messages (retain_available in mosquitto) and QoS 1 (max_qos). The agent goes on without: what subscribes later sees nothing until something changes.',
  },

  // the player
  'player/failed': {
    kind: 'unavailable',
    cause: 'The player could not carry out a command, or it ended.',
    remedy: 'The log says why. It is started again by itself.',
  },
  'player/missing': {
    kind: 'config',
    cause: 'The program that plays is not there or cannot be started.',
    remedy: 'Install it (apt install mpv), or correct A2M_PLAYER and A2M_PLAYER_COMMAND.',
  },
  'player/protected': {
    kind: 'rejected',
    cause: 'The stream is protected (DRM) and the player cannot decrypt it.',
    remedy:
      'Use a player with a licensed decryption module of its own (A2M_PLAYER=command). The agent never works around protection.',
  },
  'player/expired': {
    kind: 'unavailable',
    cause: 'The address of the stream is no longer good.',
    remedy: 'Nothing: the agent asks for a fresh one.',
  },
  'player/network': {
    kind: 'unavailable',
    cause: 'The stream could not be fetched, or broke off.',
    remedy: 'Check the network. The agent goes on where it broke off.',
  },
  'player/unplayable': {
    kind: 'rejected',
    cause: 'What came is not sound that the player understands.',
    remedy: 'Try something else. The agent goes on with what follows.',
  },
  'player/device': {
    kind: 'config',
    cause: 'The sound card could not be opened.',
    remedy:
      'Check A2M_AUDIO_DEVICE and that no other program holds the card; the log lists the devices there are.',
  },

  'hook/failed': {
    kind: 'config',
    cause: 'The program of A2M_HOOK cannot be started.',
    remedy:
      "Check its path, that the agent's user may run it, and that the interpreter in a script's first line is there. Nothing else suffers by it.",
  },

  'service/notify': {
    kind: 'unavailable',
    cause: "systemd could not be notified of the agent's status.",
    remedy:
      'If systemctl status shows no status: the unit needs NotifyAccess=all, and the program systemd-notify must be there. All else works.',
  },
  'service/stuck': {
    kind: 'internal',
    cause:
      'A part of the agent hangs, so systemd is no longer told that all is well and starts the agent again.',
    remedy: 'Nothing. If it happens again, report it with the log line, which names the part.',
  },

  'internal/fault': {
    kind: 'internal',
    cause: 'A fault of the agent itself.',
    remedy: 'Report it with the log line.',
  },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof errorCodes

/** For codes from elsewhere, such as an agent of another version. */
export function isErrorCode(text: string | undefined): text is ErrorCode {
  return text !== undefined && Object.hasOwn(errorCodes, text)
}
