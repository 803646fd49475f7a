import { accessible, expect, field, monthsAgo, signIn, test, type Page } from './support';

// Back, Forward and reload as people press them: what answers a form comes again, and no browser asks whether to send it.

const child = '章回望';
const born = monthsAgo(24, 5);

/** Fills in the registration of a child. */
async function fillIn(page: Page, name: string, phone: string, form = '/children/new?fresh=true') {
  await page.goto(form);
  await field(page, 'name').fill(name);
  await field(page, 'sex').first().check();
  await field(page, 'birth_on').fill(born);
  await field(page, 'identity_kind').selectOption('none_yet');
  const place = field(page, 'division');
  if ((await place.evaluate((it) => it.tagName)) === 'SELECT') await place.selectOption({ index: 1 });
  else await place.fill('招宝山街道');
  await field(page, 'guardian1_name').fill('章秋声');
  await field(page, 'guardian1_kinship').selectOption('mother');
  await field(page, 'guardian1_phone').fill(phone);
}

const register = (page: Page) => page.locator('form[action^="/children?"] button[type=submit]').first().click();

/** Nobody is asked whether to send something again: Chromium shows that as a page of its own. */
async function isAPage(page: Page) {
  await page.waitForLoadState();
  expect(page.url()).toMatch(/^http/);
  await expect(page.locator('main h1')).toBeVisible();
}

test('Back from a duplicate warning, an error and a shown number brings the page that was there', async ({ page, context }) => {
  await signIn(page, 'chushai');

  await test.step('an error at a field', async () => {
    await fillIn(page, child, '123');
    await register(page);
    await expect(page).toHaveURL(/\/children\/new\?.*answer=/);
    await expect(field(page, 'name')).toHaveValue(child);
    await accessible(page, ['light']);
    await page.reload();
    await expect(field(page, 'guardian1_phone')).toHaveValue('123');
    await field(page, 'guardian1_phone').fill('13812340001');
    await register(page);
    await expect(page.getByRole('heading', { level: 1 })).toContainText(child);
    await page.goBack();
    await isAPage(page);
    await expect(field(page, 'name')).toHaveValue(child);
    await page.goForward();
    await expect(page.getByRole('heading', { level: 1 })).toContainText(child);
  });
  const file = new URL(page.url()).pathname;

  await test.step('the duplicate warning, with the file beside the form', async () => {
    await fillIn(page, child, '13812340001', '/children/new');
    await register(page);
    await expect(page).toHaveURL(/\/children\/new\?.*answer=/);
    const link = page.getByRole('link', { name: /在新窗口打开/ }).first();
    const [beside] = await Promise.all([context.waitForEvent('page'), link.click()]);
    await expect(beside).toHaveURL(new RegExp(`${file}$`));
    await beside.close();
    await expect(field(page, 'name')).toHaveValue(child);
    await accessible(page, ['light']);
    await page.goto(file);
    await page.goBack();
    await isAPage(page);
    await expect(field(page, 'name')).toHaveValue(child);
    await expect(field(page, 'guardian1_phone')).toHaveValue('13812340001');
    await page.goBack();
    await isAPage(page);
    await expect(field(page, 'name')).toHaveValue(child);
  });

  await test.step('a shown number', async () => {
    await page.goto(file);
    await page.getByRole('button', { name: /显示电话/ }).click();
    const number = page.getByRole('link', { name: '13812340001' });
    await expect(number).toBeVisible();
    await expect(number).toBeFocused();
    await expect(number).toHaveAttribute('href', 'tel:13812340001');
    expect(new URL(page.url()).pathname).toBe(file);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: /^复制/ }).click();
    await expect(page.locator('#live')).toHaveText('已复制');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('13812340001');
    await accessible(page);
    await page.reload();
    await expect(number).toBeVisible();
    await page.goto('/children');
    await page.goBack();
    await isAPage(page);
    await page.goto(`${file}/identity`);
    expect(new URL(page.url()).pathname).toBe(file);
  });
});

test('Back from a preview brings the form with its answers, and Forward the preview', async ({ page }) => {
  await signIn(page, 'chushai');
  await fillIn(page, '章往复', '13812340002');
  await register(page);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('章往复');
  const file = new URL(page.url()).pathname;
  await page.goto(`${file}/screens/new`);
  for (const sign of ['sign1', 'sign2', 'sign3', 'sign4', 'regression'])
    await page.locator(`[name="${sign}"][value="${sign === 'sign2' ? 'yes' : 'no'}"]`).check();
  await page.locator('form[action*="/screens?"] button[type=submit]').first().click();
  await expect(page).toHaveURL(/\/screens\/new\?answer=/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('保存前请核对');
  await page.reload();
  await isAPage(page);
  await page.goBack();
  await isAPage(page);
  await expect(page.locator('[name=sign2]:checked')).toHaveValue('yes');
  await expect(page.locator('[name=sign1]:checked')).toHaveValue('no');
  await page.goForward();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('保存前请核对');
  await page.getByRole('button', { name: '保存', exact: false }).first().click();
  await expect(page).toHaveURL(/\/referrals\/\d+\/sending$/);
  await page.goBack();
  await isAPage(page);
  await page.goForward();

  await test.step('the family is called, and told', async () => {
    await page.getByRole('button', { name: /显示电话/ }).first().click();
    await expect(page.getByRole('link', { name: '13812340002' })).toBeVisible();
    await page.getByRole('button', { name: /已告知/ }).first().click();
    await expect(page).toHaveURL(/\/referrals\/\d+\/sending#phones$/);
    await expect(page.getByText('联系记录已保存')).toBeVisible();
    await accessible(page);
  });
});

test('without scripts the number is shown on the page where one was', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await signIn(page, 'chushai');
  await page.goto('/children?q=章往复');
  await page.locator('main').getByRole('link', { name: '章往复' }).first().click();
  const path = new URL(page.url()).pathname;
  await page.getByRole('button', { name: /显示电话/ }).first().click();
  await expect(page.getByRole('link', { name: '13812340002' })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe(path);
  expect(new URL(page.url()).hash).toMatch(/^#phone-\d+$/);
  await context.close();
});

test('a similar file is told while the form is filled in, whichever field comes last', async ({ page }) => {
  await signIn(page, 'chushai');
  await fillIn(page, '章同名', '13700137001');
  await register(page);
  await expect(page.getByText('已登记，档案已建立')).toBeVisible();
  const similar = page.locator('#similar');
  await page.goto('/children/new?fresh=true');
  await field(page, 'name').fill('章同名');
  await field(page, 'sex').first().check();
  await expect(similar).not.toContainText('章同名');
  await field(page, 'birth_on').fill(born);
  await field(page, 'birth_on').blur();
  await expect(similar).toContainText('章同名');
});
