export const text = (html) => unescaped((html.match(/<main\b.*?<\/main>/s)?.[0] ?? html).replace(/<script.*?<\/script>/gs, '').replace(/<[^>]+>/g, ' ')).replace(/\s+/g, ' ').trim();
const named = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
export const unescaped = (t) => t.replace(/&(#x?[0-9a-f]+|\w+);/gi, (w, c) => c[0] === '#' ? String.fromCodePoint(c[1] === 'x' ? parseInt(c.slice(2), 16) : +c.slice(1)) : named[c] ?? w);
const attributes = (tag) => Object.fromEntries([...tag.matchAll(/\s([\w-]+)(?:="([^"]*)"|='([^']*)'|=([^\s>]+))?/g)].map(([, n, a, b, c]) => [n, unescaped(a ?? b ?? c ?? '')]));
export function forms(html) {
  const main = html.match(/<main\b.*?<\/main>/s)?.[0] ?? html;
  return [...main.matchAll(/<form\b[^>]*>.*?<\/form>/gs)].map(([form]) => {
    const a = attributes(form.match(/<form\b[^>]*>/)[0]);
    const fields = [], offered = {};
    for (const [whole, tag] of form.matchAll(/<(input|select|textarea)\b[^>]*>(?:(?<=<select\b[^>]*>).*?<\/select>|(?<=<textarea\b[^>]*>).*?<\/textarea>)?/gs)) {
      const at = attributes(whole.match(/^<[^>]*>/)[0]);
      if (!at.name) continue;
      if (tag === 'select') {
        const options = [...whole.matchAll(/<option\b([^>]*)>(.*?)<\/option>/gs)].map(([, o, t]) => ({ ...attributes(' ' + o), label: text(t) }));
        offered[at.name] = options.map((o) => [o.value, o.label]);
        const chosen = options.find((o) => 'selected' in o) ?? options[0];
        if (chosen) fields.push([at.name, chosen.value]);
      } else if (tag === 'textarea') { offered[at.name] ??= 'text'; fields.push([at.name, unescaped(whole.replace(/<[^>]*>/g, '')).replace(/^\n/, '')]); }
      else if (['radio', 'checkbox'].includes(at.type)) { (offered[at.name] ??= []).push(at.value ?? 'on'); if ('checked' in at) fields.push([at.name, at.value ?? 'on']); }
      else if (['submit', 'button', 'file', 'password'].includes(at.type)) offered[at.name] ??= at.type;
      else { offered[at.name] ??= at.type ?? 'text'; fields.push([at.name, at.value ?? '']); }
    }
    return { action: a.action ?? '', method: a.method ?? 'get', fields, offered };
  });
}
export class Person {
  constructor(base) { this.base = base; this.cookies = {}; }
  async send(path, init = {}) {
    const response = await fetch(new URL(path, this.base), { redirect: 'manual', ...init, headers: { cookie: Object.entries(this.cookies).map(([k, v]) => `${k}=${v}`).join('; '), origin: this.base, 'sec-fetch-site': 'same-origin', ...init.headers } });
    for (const c of response.headers.getSetCookie()) { const [, k, v] = c.match(/^([^=]+)=([^;]*)/); if (v) this.cookies[k] = v; else delete this.cookies[k]; }
    const page = { path, status: response.status, location: response.headers.get('location'), html: await response.text() };
    return page;
  }
  async open(path) { let p = await this.send(path); for (let i = 0; i < 5 && p.location; i++) p = await this.send(p.location); if (p.status !== 200) throw new Error(`${path}: ${p.status} ${text(p.html).slice(0, 500)}`); return p; }
  async submit(page, action, changes = {}, answers = [200, 303]) {
    const posted = forms(page.html).filter((f) => f.method === 'post');
    const form = posted.find((f) => f.action.split('?')[0].endsWith(action)) ?? posted.find((f) => f.action.includes(action));
    if (!form) throw new Error(`${page.path} has no form to ${action}: ${forms(page.html).map((f) => f.action)} ${text(page.html).slice(0, 600)}`);
    let fields = form.fields;
    for (const [name, value] of Object.entries(changes)) {
      if (!(name in form.offered)) throw new Error(`${page.path} ${action} offers no ${name}, only ${JSON.stringify(form.offered)}`);
      fields = fields.filter(([n]) => n !== name);
      for (const v of [value].flat()) fields.push([name, String(v)]);
    }
    const done = await this.send(form.action, { method: 'POST', body: new URLSearchParams(fields) });
    if (!answers.includes(done.status)) throw new Error(`${page.path} ${action} ${JSON.stringify(fields)}: ${done.status} ${text(done.html).slice(0, 900)}`);
    return done;
  }
  async signIn(name, password = 'Xingqiao-2026') { const p = await this.open('/sign-in'); const d = await this.submit(p, '/sign-in', { user_name: name, password }); if (d.status !== 303) throw new Error(text(d.html)); return this; }
}
