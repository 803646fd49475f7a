// What people of the demonstration district do on three days, through the pages: everything that a new version has to
// carry over and that a demonstration does not have by itself. `scripts/upgrade-dump.sh` runs it, a day at a time.
//   node scenes.mjs DAY ADDRESS FILE     DAY: first, second or third; FILE keeps what one day tells the next
import { readFileSync, writeFileSync } from 'node:fs';
import { Person, forms, text } from './pages.mjs';

const [, , day, address, file] = process.argv;
const kept = day === 'first' ? { children: {} } : JSON.parse(readFileSync(file, 'utf8'));
const people = {};
/** Somebody of the demonstration, signed in. */
const as = async (name) => (people[name] ??= await new Person(address).signIn(name));
const numberIn = (location) => Number(location.match(/(\d+)(?!.*\d)/)[1]);
const yes = (many) => Object.fromEntries([1, 2, 3, 4].map((n) => [`sign${n}`, n <= many ? 'yes' : 'no']));

/** A citizen number of the district for a birthday. */
function citizenNumber(birth, sequence) {
  const body = `330211${birth.replaceAll('-', '')}${sequence}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  return body + '10X98765432'[[...body].reduce((sum, c, at) => sum + Number(c) * weights[at], 0) % 11];
}

/** What the form of a child of 24 months says. */
const born = (name) => ({
  name,
  sex: 'male',
  birth_on: '2024-10-20',
  identity_kind: 'none_yet',
  ethnicity: '01',
  division: '330211001',
  guardian1_name: `${name}之母`,
  guardian1_kinship: 'mother',
  guardian1_email: 'family@mail.example',
  guardian1_contact: 'true',
});

/** Registers a child of 24 months at the screening site; what it is called here is its name. */
async function register(name, more = {}) {
  const who = await as('chushai');
  const page = await who.open('/children/new');
  const done = await who.submit(page, '/children', { ...born(name), ...more });
  if (done.status !== 303) throw new Error(`${name} is not registered: ${text(done.html)}`);
  return (kept.children[name] = { child: numberIn(done.location) }).child;
}

/** The same child once more, which shows when a wrong birth date is corrected. */
async function again(name) {
  const { child } = kept.children[name];
  const twice = await register(name, { name: `${name}儿`, birth_on: '2023-03-03' });
  const who = await as('chushai');
  const page = await who.open(`/children/${twice}/edit`);
  await who.submit(page, `/children/${twice}`, { name, birth_on: '2024-10-20' });
  kept.children[name] = { child, twice };
}

/** A screen with so many signs, confirmed on the page that shows it once more; the address that it leads to. */
async function screen(name, signs) {
  const who = await as('chushai');
  const { child } = kept.children[name];
  const page = await who.open(`/children/${child}/screens/new`);
  const preview = await who.submit(page, `/children/${child}/screens`, { ...yes(signs), regression: 'no', note: '家长在场' });
  const done = await who.submit({ ...preview, path: 'preview' }, `/children/${child}/screens`, { confirmed: 'true' });
  return done.location;
}

/** An abnormal screen and the referral that it proposes. */
async function proposed(name, more) {
  await register(name, more);
  const to = await screen(name, 2);
  return (kept.children[name].referral = Number(to.match(/referrals\/(\d+)/)[1]));
}

async function send(name, who = 'chushai', key = 'referral') {
  const id = kept.children[name][key];
  const person = await as(who);
  await person.submit(await person.open(`/referrals/${id}/sending`), '/sending');
  return id;
}

async function sent(name, more) {
  await proposed(name, more);
  return send(name);
}

/** A move on the page of a referral; where it leads. */
async function move(name, who, action, fields = {}, key = 'referral') {
  const person = await as(who);
  const page = await person.open(`/referrals/${kept.children[name][key]}`);
  return (await person.submit(page, action, fields)).location;
}

/** The re-screen of an accepted referral; where it leads. */
async function rescreen(name, fields) {
  const person = await as('fushai');
  await move(name, 'fushai', '/acceptance');
  const page = await person.open(`/referrals/${kept.children[name].referral}/rescreen`);
  const done = await person.submit(page, '/rescreen', fields);
  return done.location;
}

/** Three calls that nobody answered. */
async function calls(page, who) {
  const person = await as(who);
  for (const [attempted_on, attempted_time] of [['2026-10-29', '09:30'], ['2026-10-29', '16:10'], ['2026-10-30', '08:20']]) {
    await person.submit(await person.open(page), '/contacts', {
      method: 'phone',
      result: 'not_reached',
      attempted_on,
      attempted_time,
      contact_note: '无人接听',
    });
  }
}

/** The open task of a child, from the list of those who have to do it. */
async function task(name, who) {
  const person = await as(who);
  for (let page = 1; page < 5; page++) {
    const list = await person.open(`/follow-ups?page=${page}`);
    const row = list.html.split('<tr').find((row) => row.includes(name));
    const href = row?.match(/href="(\/follow-ups\/\d+)"/);
    if (href) return href[1];
  }
  throw new Error(`${who} has no task for ${name}`);
}

/** Brings a roster in and waits for the end of what goes on. */
async function roster(rows) {
  const person = await as('chushai');
  const page = await person.open('/imports/new');
  const form = new FormData();
  const head = '姓名,性别,出生日期,身份证号,现居住地,监护人姓名,关系,联系电话';
  form.append('file', new Blob([[head, ...rows].join('\n')], { type: 'text/csv' }), '名册.csv');
  const { action } = forms(page.html).find((form) => form.action.includes('/imports'));
  const done = await person.send(action, { method: 'POST', body: form });
  await person.submit(await settled(person, done.location), '/decision', { take: 'good' });
  await settled(person, done.location);
  return done.location;
}

async function settled(person, path) {
  for (;;) {
    const page = await person.open(path);
    if (!page.html.includes('hx-trigger="every')) return page;
    await new Promise((next) => setTimeout(next, 200));
  }
}

async function first() {
  await proposed('夏侯初');
  for (const name of ['候', '约', '退', '重', '查', '接', '收', '失', '离', '归', '搬', '寻', '稿']) await sent(`夏侯${name}`);
  await sent('夏侯诊', {
    identity_kind: 'citizen_id',
    identity_no: citizenNumber('2024-10-20', '017'),
    guardian1_phone: '13957400001',
    disability_card_no: `${citizenNumber('2024-10-20', '017')}71`,
  });
  await register('夏侯常');
  await screen('夏侯常', 0);
  // One child on file twice, in four pairs.
  for (const name of ['并', '分', '双', '疑']) {
    await register(`夏侯${name}`);
    await again(`夏侯${name}`);
  }
}

async function second() {
  await move('夏侯约', 'fushai', '/appointment', {
    appointment_on: '2026-11-09',
    appointment_time: '09:30',
    appointment_note: '请带上疫苗本',
  });
  for (const name of ['夏侯退', '夏侯重']) await move(name, 'fushai', '/decline', { decline_reason: '本月设备检修' });
  kept.children['夏侯重'].next = numberIn(await move('夏侯重', 'chushai', '/renewal'));
  for (const name of ['夏侯查', '夏侯寻']) {
    kept.children[name].to = await rescreen(name, { scale_at_risk: 'no', development_deviates: 'no', note: '复查' });
  }
  for (const name of ['夏侯诊', '夏侯接', '夏侯收']) {
    const to = await rescreen(name, { findings: 'language', scale_at_risk: 'yes', development_deviates: 'yes', development_note: '语言落后', refer_to: '1' });
    kept.children[name].diagnosis = numberIn(to);
    await send(name, 'fushai', 'diagnosis');
  }
  await move('夏侯稿', 'fushai', '/acceptance');
  await move('夏侯失', 'fushai', '/acceptance');
  const fushai = await as('fushai');
  const page = await fushai.open(`/referrals/${kept.children['夏侯稿'].referral}/rescreen`);
  const form = forms(page.html).find((form) => form.action.includes('/rescreen'));
  const body = new URLSearchParams([...form.fields.filter(([name]) => name !== 'note'), ['note', '孩子睡着了，明天继续']]);
  const draft = await fushai.send(form.action.replace(/\/rescreen.*/, '/rescreen/draft'), { method: 'POST', body });
  if (draft.status >= 300) throw new Error(`no draft: ${draft.status} ${text(draft.html)}`);
  const list = await fushai.open('/referrals?view=ours&kind=rescreen');
  await fushai.submit(list, '/referrals/filters', { filter_name: '本周', shared: 'true' });
  await fushai.submit(await fushai.open('/referrals?view=overdue'), '/referrals/filters', { filter_name: '逾期' });
}

async function third() {
  const calls3 = `/referrals/${kept.children['夏侯失'].referral}`;
  await calls(calls3, 'fushai');
  await move('夏侯失', 'fushai', '/loss', { loss_note: '搬走了' });
  const lost = await task('夏侯寻', 'chushai');
  await calls(lost, 'chushai');
  const chushai = await as('chushai');
  await chushai.submit(await chushai.open(lost), '/loss');
  for (const name of ['夏侯诊', '夏侯接', '夏侯收']) {
    const zhenduan = await as('zhenduan');
    await move(name, 'zhenduan', '/acceptance', {}, 'diagnosis');
    const page = await zhenduan.open(`/referrals/${kept.children[name].diagnosis}/diagnosis`);
    const { offered } = forms(page.html).find((form) => form.action.includes('/diagnosis'));
    await zhenduan.submit(page, '/diagnosis', {
      doctor: '孔令仪',
      codes: offered.codes[0],
      conclusion: '结合病史与量表，诊断明确。',
    });
    const preview = `/referrals/${kept.children[name].diagnosis}/diagnosis/preview`;
    await zhenduan.submit(await zhenduan.open(preview), preview);
    const chain = await zhenduan.open(`/children/${kept.children[name].child}/chain`);
    const referrals = [...chain.html.matchAll(/href="\/referrals\/(\d+)"/g)].map(([, id]) => Number(id));
    kept.children[name].intake = Math.max(...referrals);
  }
  await move('夏侯接', 'jiean', '/acceptance', {}, 'intake');
  await move('夏侯收', 'jiean', '/acceptance', {}, 'intake');
  await move('夏侯收', 'jiean', '/completion', { completion_note: '已与家长面谈' }, 'intake');
  await leaving('夏侯离');
  await leaving('夏侯归');
  const page = await chushai.open(`/children/${kept.children['夏侯归'].child}/departures`);
  await chushai.submit(page, '/undoing');
  const moving = await chushai.open(`/children/${kept.children['夏侯搬'].child}/moves`);
  await chushai.submit(moving, '/moves', { division: '330211004', moved_on: '2026-10-29' });
  await pairs();
  await accounts();
  kept.imports = [
    await roster([
      `夏侯册,女,2024-05-14,${citizenNumber('2024-05-14', '022')},招宝山街道,家长册,母亲,13957400022`,
      `夏侯常,男,2024-10-20,,招宝山街道,夏侯常之母,母亲,13957400023`,
    ]),
  ];
  // Told by telephone, and by letter; one who left before the letter did.
  await sent('夏侯话', { guardian1_email: '', guardian1_phone: '13957400031' });
  await sent('夏侯信');
  await sent('夏侯走');
  await leaving('夏侯走');
  const canlian = await as('canlian');
  const report = await canlian.open('/reports/screening?month=2026-09');
  kept.frozen = (await canlian.submit(report, '/reports/frozen')).location;
  await canlian.open(kept.frozen);
  const frozen = await canlian.open(kept.frozen);
  kept.cells = [...frozen.html.matchAll(/<t[dh]\b[^>]*>(.*?)<\/t[dh]>/gs)].map(([, cell]) => text(cell));
}

/** A child leaves. */
async function leaving(name) {
  const who = await as('chushai');
  const page = await who.open(`/children/${kept.children[name].child}/departures`);
  await who.submit(page, '/departures', { reason: 'moved_away', left_on: '2026-10-30', note: '随父母外出' });
}

/** One pair is merged, one merged and taken apart again, one kept as two children, one not decided yet. */
async function pairs() {
  const who = await as('chushai-zhuguan');
  const pair = async (name) => {
    const list = await who.open('/duplicates');
    const row = list.html.split('<tr').find((row) => row.includes(name));
    return who.open(row.match(/href="(\/duplicates\/\d+)"/)[1]);
  };
  const merge = async (name) => {
    const page = await pair(name);
    const { offered } = forms(page.html).find((form) => form.action.includes('/merge'));
    const choices = Object.entries(offered).filter(([, kind]) => Array.isArray(kind) && kind.includes('first'));
    return who.submit(page, '/merge', Object.fromEntries(choices.map(([name]) => [name, 'first'])));
  };
  await merge('夏侯并');
  const merged = await merge('夏侯分');
  await who.submit(await who.open(merged.location), '/undoing');
  await who.submit(await pair('夏侯双'), '/keeping', { reason: '双胞胎' });
}

/** A password that one district cannot reset alone: one wish waits for another district, one was taken back. */
async function accounts() {
  const who = await as('anquan');
  await who.submit(await who.open('/accounts/1'), '/password');
  const wish = await who.submit(await who.open('/accounts/2'), '/password');
  await who.submit(await who.open(wish.location), '/withdrawal');
}

await { first, second, third }[day]();
writeFileSync(file, JSON.stringify(kept, null, 1));
