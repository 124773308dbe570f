// What an application does with Realtime, by supabase-js unchanged. Prints what it saw as one line of JSON.
import { createClient } from '@supabase/supabase-js'

const settings = JSON.parse(process.argv[2])
const options = settings.version ? { realtime: { vsn: settings.version } } : {}
const make = (token) =>
  createClient(settings.url, settings.key, { ...options, ...(token && { accessToken: async () => token }) })

const seen = {}
const until = async (condition, what) => {
  const deadline = Date.now() + 20000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}: ${JSON.stringify(seen)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
const subscribe = (channel) =>
  new Promise((resolve, reject) => {
    channel.subscribe((status, error) => {
      if (status === 'SUBSCRIBED') resolve(channel)
      if (status === 'CHANNEL_ERROR' || status === 'TIMED_OUT') reject(error ?? new Error(status))
    })
  })

const one = make()
const two = make()
const member = make(settings.token)

// Changes, with filters built both ways.
const changes = []
let ready = false
const table = one
  .channel('changes')
  .on('postgres_changes', { event: '*', schema: 'public', table: 'notes' }, (change) => changes.push(change))
  .on('postgres_changes', { event: 'INSERT', schema: 'public', table: 'notes', filter: 'amount=gt.5' }, (change) =>
    changes.push({ ...change, filtered: true }),
  )
  .on('system', {}, (message) => {
    ready ||= message.status === 'ok'
  })
await subscribe(table)
await until(() => ready, 'the subscription')
console.log('ready')
await until(() => changes.length >= 5, 'the changes')
seen.changes = changes.map(({ eventType, new: after, old, filtered, errors }) => ({ eventType, new: after, old, filtered, errors }))

// Rows of the member alone.
const own = []
ready = false
const guarded = member
  .channel('guarded')
  .on('postgres_changes', { event: 'INSERT', schema: 'public', table: 'secrets' }, (change) => own.push(change.new.owner))
  .on('system', {}, (message) => {
    ready ||= message.status === 'ok'
  })
await subscribe(guarded)
await until(() => ready, 'the subscription to rows of its own')
console.log('guarded')
await until(() => own.length >= 1, 'the row of its own')
seen.own = own

// Broadcasts: to others, to itself, acknowledged, of bytes, and over HTTP.
const heard = []
const echo = []
const listener = two.channel('room').on('broadcast', { event: '*' }, (message) =>
  heard.push({ event: message.event, payload: message.payload instanceof ArrayBuffer ? [...new Uint8Array(message.payload)] : message.payload }),
)
await subscribe(listener)
const speaker = one.channel('room', { config: { broadcast: { self: true, ack: true } } }).on('broadcast', { event: 'hello' }, (message) => echo.push(message.payload))
await subscribe(speaker)
seen.sent = await speaker.send({ type: 'broadcast', event: 'hello', payload: { text: 'grüße 🌍' } })
await until(() => heard.length === 1 && echo.length === 1, 'the broadcast')
if (settings.version !== '1.0.0') {
  await speaker.send({ type: 'broadcast', event: 'bytes', payload: new Uint8Array([0, 255]).buffer })
  await until(() => heard.length === 2, 'the bytes')
}
seen.posted = await two.channel('room').httpSend('posted', { by: 'http' })
await until(() => heard.some((message) => message.event === 'posted'), 'the broadcast over HTTP')
seen.heard = heard
seen.echo = echo

// Presence.
const presence = []
const watching = two.channel('lobby', { config: { presence: { key: 'watcher' } } })
watching.on('presence', { event: 'join' }, ({ key, newPresences }) => presence.push(['join', key, newPresences[0].mood]))
watching.on('presence', { event: 'leave' }, ({ key }) => presence.push(['leave', key]))
await subscribe(watching)
const present = one.channel('lobby', { config: { presence: { key: 'ada' } } })
await subscribe(present)
seen.tracked = await present.track({ mood: 'good' })
await until(() => presence.length === 1, 'the arrival')
seen.state = Object.keys(watching.presenceState())
await present.untrack()
await until(() => presence.length === 2, 'the departure')
seen.presence = presence

// Private channels.
const secret = []
const inside = member.channel('team:a', { config: { private: true } }).on('broadcast', { event: '*' }, (message) => secret.push(message.payload))
await subscribe(inside)
console.log('inside')
await until(() => secret.length === 1, 'the message sent by SQL')
seen.secret = secret
seen.refused = await subscribe(two.channel('team:a', { config: { private: true } })).then(
  () => 'joined',
  (error) => error.message,
)

for (const client of [one, two, member]) await client.removeAllChannels()
seen.left = one.getChannels().length
console.log(JSON.stringify(seen))
process.exit(0)
