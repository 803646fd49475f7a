// The pictures of the READMEs, taken from the demonstration that STARBRIDGE_BROWSER_URL names (`make screenshots`).
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});
await mkdir(folder, { recursive: true });

/** Signs in as somebody of the demonstration. */
async function open(userName) {
  const page = await browser.newPage({
    baseURL: process.env.STARBRIDGE_BROWSER_URL,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 1180, height: 740 },
  });
  await page.goto('/sign-in');
  await page.locator('#user_name').fill(userName);
  await page.locator('#password').fill('Xingqiao-2026');
  await page.locator('main button[type=submit]').first().click();
  await page.waitForURL('/');
  return page;
}

const hospital = await open('fushai');
await hospital.screenshot({ path: `${folder}work-list.png` });

// A child who went the whole way: on the list of those whom the centre takes in.
const federation = await open('canlian');
await federation.goto('/pipeline?stage=in_intake');
await federation.locator('main tbody a').first().click();
await federation.locator('h1').waitFor();
await federation.screenshot({ path: `${folder}chain.png` });

await federation.goto('/reports/screening');
await federation.locator('main table').first().waitFor();
await federation.screenshot({ path: `${folder}report.png` });

await browser.close();
