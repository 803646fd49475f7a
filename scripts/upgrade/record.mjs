// Dumps the database, and writes beside the dump what holds in it.
//   node record.mjs BACK_END DATABASE STATE FOLDER REPORT
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { strToU8, zipSync } from 'fflate';

const [, , backEnd, database, stateFile, folder, report] = process.argv;
const run = (program, ...words) => execFileSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
const file = database.replace('sqlite://', '');
const { children, frozen, cells } = JSON.parse(readFileSync(stateFile, 'utf8'));

function rows(sql) {
  if (backEnd === 'sqlite') return JSON.parse(run('sqlite3', '-json', file, sql).trim() || '[]');
  return JSON.parse(run('psql', '-AtX', database, '-c', `SELECT coalesce(json_agg(r), '[]') FROM (${sql}) r`));
}
const counts = (sql) => Object.fromEntries(rows(sql).map(({ what, n }) => [what, n]));
const change = (sql) => (backEnd === 'sqlite' ? run('sqlite3', file, sql) : run('psql', '-X', database, '-c', sql));

// A process that dies while it hands a letter over leaves it so.
change(`UPDATE message SET state = 'sending', attempts = 1, last_error = NULL
        WHERE id = (SELECT max(id) FROM message WHERE state = 'pending')`);

const tables = rows(
  backEnd === 'sqlite'
    ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
    : "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
).map(({ name }) => name);
const own = ['seaql_migrations', 'session', 'submission', 'sweep_run'];
const kept = tables.filter((name) => !own.includes(name));

const sealed = {
  child: ['identity_no', 'disability_card_no'],
  guardian: ['phone'],
  diagnosis: ['conclusion'],
  account: ['totp_secret'],
  account_proposal: ['half'],
  draft: ['content'],
  stored_file: ['content'],
  parked_row: ['fields'],
};
const sealedCounts = Object.entries(sealed).flatMap(([table, columns]) =>
  columns.map((column) => `SELECT '${table}.${column}' AS what, count(${column}) AS n FROM ${table}`),
);

const expected = {
  at: '2026-10-30T12:10:00Z',
  tables: counts(kept.map((name) => `SELECT '${name}' AS what, count(*) AS n FROM ${name}`).join(' UNION ALL ')),
  sealed: counts(sealedCounts.join(' UNION ALL ')),
  children: Object.fromEntries(Object.entries(children).map(([name, { child }]) => [name, child])),
  stages: counts('SELECT stage AS what, count(*) AS n FROM pathway GROUP BY stage ORDER BY stage'),
  messages: counts('SELECT state AS what, count(*) AS n FROM message GROUP BY state ORDER BY state'),
  // What an organisation has to do: answer, make or send a referral, or a task of its own.
  open: rows(`
    SELECT o.name AS organisation, r.child_id AS child, 'referral' AS about, r.id, r.kind, r.state,
           CASE r.state WHEN 'sent' THEN r.answer_due_on ELSE r.due_on END AS due
    FROM referral r JOIN organisation o
      ON o.id = CASE r.state WHEN 'proposed' THEN r.from_organisation_id ELSE r.to_organisation_id END
    WHERE r.state IN ('proposed', 'sent', 'accepted', 'appointed', 'no_show')
    UNION ALL
    SELECT o.name, f.child_id, 'follow_up', f.id, f.kind, f.state, f.due_on
    FROM follow_up f JOIN organisation o ON o.id = f.organisation_id
    WHERE f.state = 'open'
    ORDER BY 1, 2, 3, 4`),
  // Declined, and nobody sent the child anywhere since: nobody's turn, until tasks came.
  returned: rows(`
    SELECT o.name AS organisation, r.child_id AS child, r.id FROM referral r
    JOIN organisation o ON o.id = r.from_organisation_id
    WHERE r.state = 'declined' AND NOT EXISTS (SELECT 1 FROM referral n WHERE n.continues_id = r.id)
    ORDER BY 3`),
  settled: rows("SELECT kind, state, count(*) AS n FROM follow_up WHERE state <> 'open' GROUP BY kind, state ORDER BY 1, 2"),
  report: JSON.parse(readFileSync(report, 'utf8')),
  frozen: { page: frozen, cells },
};
if (backEnd === 'sqlite') writeFileSync(`${folder}/expected.json`, `${JSON.stringify(expected, null, 1)}\n`);
else if (!isDeepStrictEqual(expected, JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8')))) {
  writeFileSync(`${folder}/different.json`, `${JSON.stringify(expected, null, 1)}\n`);
  throw new Error(`${folder}/different.json says what PostgreSQL has otherwise`);
}

const dump =
  backEnd === 'sqlite'
    ? run('sqlite3', file, '.dump')
    : run('pg_dump', '--no-owner', '--no-privileges', '--inserts', '--rows-per-insert=200', database)
        .split('\n')
        .filter((line) => !/^\\(un)?restrict |^SET transaction_timeout/.test(line))
        .join('\n');
const written = { 'dump.sql': [strToU8(dump), { level: 9, mtime: '2026-10-30' }] };
writeFileSync(`${folder}/${backEnd}.zip`, zipSync(written));
