import { createHmac } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';

export { expect, type Page };

/** WCAG 2.2 AA and the rules that axe counts as good practice. */
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds on the page, one line for each broken rule with the first element that breaks it. */
export async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
  return violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.length}×), e.g. ${nodes[0]?.html.slice(0, 200)}`);
}

/**
 * Colours on their way from one scheme to the other are no colours to judge: wait until the transitions have ended, but
 * not for one that never does.
 */
async function settled() {
  const a = (milliseconds: number) => new Promise((next) => setTimeout(next, milliseconds));
  await a(50);
  const passing = document.getAnimations().map((one) => one.finished);
  await Promise.race([Promise.allSettled(passing), a(1000)]);
}

/** Fails when axe finds anything on the page, in light and in dark colours unless told which. */
export async function accessible(page: Page, colours: readonly ('light' | 'dark')[] = ['light', 'dark']): Promise<void> {
  // A click or a key may only just have asked for the page.
  await page.waitForLoadState('networkidle');
  for (const colorScheme of colours) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(settled);
    expect(await violations(page), `axe on ${page.url()} (${colorScheme})`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null });
}

/** Everybody's password in the demonstration. */
const demoPassword = 'Xingqiao-2026';

/** Signs in and waits for what follows: the first page, or the second factor. */
export async function signIn(page: Page, userName: string, password = demoPassword): Promise<void> {
  await page.goto('/sign-in');
  await page.locator('#user_name').fill(userName);
  await page.locator('#password').fill(password);
  await page.locator('main button[type=submit]').first().click();
  await expect(page).not.toHaveURL(/\/sign-in($|\?)/);
}

/** The six digits of an authenticator for a secret (RFC 6238). */
export function code(secret: string, at = Date.now()): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replaceAll(/[^A-Z2-7]/g, '')].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = digest[19]! & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** Secrets of second factors, for the journeys of other files against the same server. */
const secrets = join(tmpdir(), `starbridge-secrets-${(process.env.STARBRIDGE_BROWSER_URL ?? '').replaceAll(/\W/g, '')}.json`);

async function known(): Promise<Record<string, string>> {
  return JSON.parse(await readFile(secrets, 'utf8').catch(() => '{}')) as Record<string, string>;
}

export async function rememberSecret(userName: string, secret: string): Promise<void> {
  await writeFile(secrets, JSON.stringify({ ...(await known()), [userName]: secret }));
}

/** Signs in as somebody who may need a second factor: gives the code, or sets the factor up. */
export async function signInWhoever(page: Page, userName: string): Promise<void> {
  await signIn(page, userName);
  const heading = page.getByRole('heading', { level: 1 });
  const field = page.locator('main [name=code]');
  // The page behind the sign-in has arrived, and not only its address.
  await expect(heading).toBeVisible();
  if (await field.isVisible()) {
    const secret = (await known())[userName];
    if (!secret) throw new Error(`nobody knows the second factor of ${userName}`);
    // A code counts once, and the one of this half minute may have been used by another test: the next one holds, too.
    for (let half = 0; half < 2 && (await field.isVisible()); half++) {
      await field.fill(code(secret, Date.now() + half * 30_000));
      const answered = page.waitForEvent('load');
      await page.locator('main button[type=submit]').first().click();
      await answered;
      await expect(heading).toBeVisible();
    }
  } else if ((await heading.innerText()) === '双重验证') {
    await page.getByRole('button', { name: '开始添加' }).click();
    const secret = await page.locator('main dd .code').innerText();
    await rememberSecret(userName, secret);
    await field.fill(code(secret));
    await page.keyboard.press('Enter');
    await expect(page.locator('main')).toContainText('已启用');
  }
  await page.goto('/');
  await expect(heading).toHaveText('工作台');
}

/** Signs out through the menu at the top right. */
export async function signOut(page: Page): Promise<void> {
  await page.locator('details[data-menu] > summary').click();
  await page.locator('form[action^="/sign-out"] button').click();
  await expect(page).toHaveURL(/\/sign-in/);
}

/** The day in Zhenhai so many days ago, as YYYY-MM-DD. */
export function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' });
}

/** The birth date of somebody who is so many months and days old today. */
export function monthsAgo(months: number, days = 0): string {
  const [year, month, day] = daysAgo(days).split('-').map(Number) as [number, number, number];
  const first = new Date(Date.UTC(year, month - 1 - months, 1));
  const last = new Date(Date.UTC(year, month - months, 0)).getUTCDate();
  return `${first.toISOString().slice(0, 7)}-${String(Math.min(day, last)).padStart(2, '0')}`;
}

/** The form field with a name, whatever kind it is. */
export function field(page: Page, name: string) {
  return page.locator(`main [name="${name}"]`);
}

/**
 * A test whose page may not say anything on the console that is an error, throw, break the content security policy, or
 * get a 5xx. A 4xx that the journey provokes on purpose (a refused form) is no fault, nor a question given up with its page.
 */
export const test = base.extend({
  page: async ({ page }, use) => {
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(`script error: ${error.message}`));
    page.on('console', (message) => {
      const refused = /(responded with a status of|Response Status Error Code) 4\d\d/.test(message.text());
      // A form was sent while a watched part of it still asked: the page is left, and its question with it. What fails otherwise
      // says sendError or responseError.
      const left = /^htmx:(sendAbort|afterRequest),/.test(message.text());
      if (message.type() === 'error' && !refused && !left) faults.push(`console: ${message.text()}`);
    });
    page.on('response', (response) => {
      const missing = response.status() === 404 && response.url().includes('/assets/');
      if (response.status() >= 500 || missing) faults.push(`${response.status()} ${response.url()}`);
    });
    await use(page);
    expect(faults, 'what the browser complained about').toEqual([]);
  },
});
