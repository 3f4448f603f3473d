/**
 * Which of the integrations that add media players over MQTT is told of this one: bkbilly's and MiCodesOrg's, whose
 * domain is mqtt_media_player; shyndman's, whose domain is the same; grzegorz914's; or none.
 */
export type MediaPlayerDialect =
  'mqtt_media_player' | 'mqtt_media_player_shyndman' | 'mqtt_universal_media_player' | 'off'
