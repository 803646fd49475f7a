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

/** Signs in and waits for the first page. */
export async function signIn(page: Page, userName: string, password = demoPassword): Promise<void> {
  await page.goto('/sign-in');
  await page.locator('#user_name').fill(userName);
  await page.locator('#password').fill(password);
  await page.locator('main button[type=submit]').first().click();
  await expect(page).not.toHaveURL(/\/sign-in/);
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
 * get a 5xx. A 4xx that the journey provokes on purpose (a refused form) is no fault.
 */
export const test = base.extend({
  page: async ({ page }, use) => {
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(`script error: ${error.message}`));
    page.on('console', (message) => {
      const refused = /(responded with a status of|Response Status Error Code) 4\d\d/.test(message.text());
      if (message.type() === 'error' && !refused) faults.push(`console: ${message.text()}`);
    });
    page.on('response', (response) => {
      const missing = response.status() === 404 && response.url().includes('/assets/');
      if (response.status() >= 500 || missing) faults.push(`${response.status()} ${response.url()}`);
    });
    await use(page);
    expect(faults, 'what the browser complained about').toEqual([]);
  },
});
