// What an application does with a project, by supabase-js unchanged: people sign up, and each room is asked as everybody
// there is. Prints what was seen as one line of JSON.
import { createClient } from '@supabase/supabase-js'

const settings = JSON.parse(process.argv[2])
const connect = (key) => createClient(settings.url, key, { auth: { persistSession: false, autoRefreshToken: false } })
const password = 'correct horse battery'
const seen = { auth: {}, rest: {}, storage: {}, realtime: {} }

const until = async (condition, what) => {
  const deadline = Date.now() + 30000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}: ${JSON.stringify(seen)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
const must = ({ data, error }) => {
  if (error) throw error
  return data
}
const join = async (name) => {
  const client = connect(settings.publishable)
  const { user } = must(await client.auth.signUp({ email: `${name}@example.com`, password, options: { data: { name } } }))
  return { client, id: user.id }
}

const member = await join('ada')
const other = await join('bob')
const callers = {
  anon: connect(settings.publishable),
  member: member.client,
  other: other.client,
  service: connect(settings.secret),
}
const asEverybody = async (ask) => {
  const answers = {}
  for (const [name, client] of Object.entries(callers)) answers[name] = await ask(client)
  return answers
}

// Auth: sessions, what may be changed, and what only the service may do.
{
  const { auth } = member.client
  seen.auth.wrong = (await connect(settings.publishable).auth.signInWithPassword({ email: 'ada@example.com', password: 'no' })).error.code
  seen.auth.twice = (await callers.anon.auth.signUp({ email: 'ada@example.com', password })).error.code
  const before = must(await auth.getSession()).session
  const after = must(await auth.refreshSession()).session
  seen.auth.refreshed = before.refresh_token !== after.refresh_token && after.user.id === member.id
  seen.auth.claims = must(await auth.getClaims()).claims.sub === member.id
  seen.auth.updated = must(await auth.updateUser({ data: { name: 'Ada L.' } })).user.user_metadata.name
  seen.auth.user = await asEverybody(async (client) => (await client.auth.getUser()).data.user?.email ?? null)
  seen.auth.listed = await asEverybody(async (client) => {
    const { data, error } = await client.auth.admin.listUsers()
    return error ? error.status : data.users.map((user) => user.email).sort()
  })
  const made = must(await callers.service.auth.admin.createUser({ email: 'eve@example.com', password, email_confirm: true })).user
  const eve = connect(settings.publishable)
  must(await eve.auth.signInWithPassword({ email: 'eve@example.com', password }))
  const { refresh_token } = must(await eve.auth.getSession()).session
  seen.auth.left = (await eve.auth.signOut()).error
  seen.auth.gone = (await eve.auth.refreshSession({ refresh_token })).error.code
  must(await callers.service.auth.admin.deleteUser(made.id))
  seen.auth.deleted = (await eve.auth.signInWithPassword({ email: 'eve@example.com', password })).error.code
}

// REST: rows are their owner's.
{
  const papers = (client) => client.from('papers')
  const mine = must(await papers(member.client).insert({ title: 'mine', tags: ['a', 'b'] }).select().single())
  must(await member.client.from('remarks').insert([{ paper: mine.id, text: 'one' }, { paper: mine.id, text: 'two' }]))
  seen.rest.read = await asEverybody(async (client) => {
    const { data, error, status } = await papers(client).select('title, remarks(text)').order('id')
    return error ? [status, error.code] : data
  })
  seen.rest.forged = await asEverybody(async (client) => {
    const { error, status } = await papers(client).insert({ title: 'forged', owner: settings.nobody })
    return error ? [status, error.code] : status
  })
  seen.rest.changed = await asEverybody(async (client) => {
    const { data, error, status } = await papers(client).update({ title: 'mine' }).eq('id', mine.id).select('title')
    return error ? [status, error.code] : data.length
  })
  const counted = await papers(member.client).select('title', { count: 'exact', head: true }).contains('tags', ['a'])
  seen.rest.counted = counted.count
  seen.rest.upserted = must(await papers(member.client).upsert({ id: mine.id, title: 'again' }).select('title').single()).title
  seen.rest.called = await asEverybody(async (client) => {
    const { data, error, status } = await client.rpc('count_papers', { beginning: 'ag' })
    return error ? [status, error.code] : data
  })
  seen.rest.single = (await papers(member.client).select().eq('title', 'none').single()).error.code
  seen.rest.removed = await asEverybody(async (client) => {
    const { data, error, status } = await papers(client).delete().eq('title', 'forged').select('title')
    return error ? [status, error.code] : data.length
  })
}

// Storage: each person has a folder, by policies.
{
  const files = (client) => client.storage.from('files')
  must(await callers.service.storage.createBucket('files', { public: false, fileSizeLimit: 1000 }))
  must(await callers.service.storage.createBucket('open', { public: true }))
  seen.storage.buckets = await asEverybody(async (client) => must(await client.storage.listBuckets()).map((one) => one.id).sort())
  const path = `${member.id}/a.txt`
  seen.storage.uploaded = await asEverybody(async (client) => {
    const { error } = await files(client).upload(path, new Blob(['hello']), { contentType: 'text/plain', upsert: client === callers.service })
    return error ? error.statusCode : 'ok'
  })
  seen.storage.listed = await asEverybody(async (client) => must(await files(client).list(member.id)).map((one) => one.name))
  seen.storage.downloaded = await asEverybody(async (client) => {
    const { data, error } = await files(client).download(path)
    return error ? error.statusCode ?? error.status : await data.text()
  })
  seen.storage.large = (await files(member.client).upload(`${member.id}/large`, new Blob(['x'.repeat(1001)]))).error.statusCode
  seen.storage.info = must(await files(member.client).info(path)).size
  const { signedUrl } = must(await files(member.client).createSignedUrl(path, 60, { download: 'b.txt' }))
  const signed = await fetch(signedUrl)
  seen.storage.signed = [signed.status, await signed.text(), signed.headers.get('content-disposition').startsWith('attachment')]
  seen.storage.forged = (await fetch(signedUrl.replace('a.txt', 'c.txt'))).status
  const { token } = must(await files(member.client).createSignedUploadUrl(`${member.id}/given`))
  must(await files(callers.anon).uploadToSignedUrl(`${member.id}/given`, token, new Blob(['given'])))
  must(await files(member.client).move(`${member.id}/given`, `${member.id}/moved`))
  must(await files(member.client).copy(`${member.id}/moved`, `${member.id}/copied`))
  seen.storage.stolen = (await files(other.client).copy(path, `${other.id}/stolen`)).error.statusCode
  seen.storage.deleted = await asEverybody(async (client) => must(await files(client).remove([`${member.id}/moved`])).length)
  must(await callers.service.storage.from('open').upload('page.txt', new Blob(['open'])))
  const { publicUrl } = callers.anon.storage.from('open').getPublicUrl('page.txt').data
  seen.storage.public = await (await fetch(publicUrl)).text()
}

// Realtime: whoever may read a row hears of it.
{
  const heard = { member: [], other: [] }
  let ready = 0
  for (const [name, person] of Object.entries({ member, other })) {
    await person.client.realtime.setAuth()
    const channel = person.client
      .channel(`papers-${name}`)
      .on('postgres_changes', { event: 'INSERT', schema: 'public', table: 'papers' }, (change) => heard[name].push(change.new.title))
      .on('system', {}, (message) => (ready += message.status === 'ok'))
    channel.subscribe()
  }
  await until(() => ready === 2, 'both subscriptions')
  must(await member.client.from('papers').insert({ title: 'for ada' }))
  must(await other.client.from('papers').insert({ title: 'for bob' }))
  await until(() => heard.member.length && heard.other.length, 'the changes')
  seen.realtime = heard
}

for (const client of Object.values(callers)) await client.removeAllChannels()
console.log(JSON.stringify(seen))
process.exit(0)
