import { accessible, code, daysAgo, expect, field, monthsAgo, rememberSecret, signIn, test, type Page } from './support';

// What each role does most, by keyboard. The first four hand one child on and run in this order.
test.describe.configure({ mode: 'serial' });

const child = '太叔云帆';

/** Walks with the Tab key until the element has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, name: RegExp | string, role: 'link' | 'button' | 'radio' | 'checkbox' | 'combobox' | 'textbox' = 'link') {
  const target = page.locator('main').getByRole(role, { name }).first();
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 150; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${role} ${name}`);
}

/** Reaches a link or button with the Tab key and presses it. */
async function press(page: Page, name: RegExp | string, role: 'link' | 'button' = 'link') {
  await tabTo(page, name, role);
  await page.keyboard.press('Enter');
}

/** Opens an entry of the navigation with the keyboard. */
async function go(page: Page, name: string) {
  const link = page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name, exact: true });
  await link.focus();
  await page.keyboard.press('Enter');
  await expect(link).toHaveAttribute('aria-current', 'page');
}

/** Signs in, and the work list is there for somebody of the role. */
async function begin(page: Page, userName: string, ...groups: string[]) {
  await signIn(page, userName);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('工作台');
  for (const group of groups) await expect(page.getByRole('heading', { name: group })).toBeVisible();
  await accessible(page);
}

/** Finds the child in the list that is open. */
async function find(page: Page) {
  await field(page, 'q').focus();
  await page.keyboard.type(child);
  await page.keyboard.press('Enter');
  await expect(page.locator('main').getByRole('link', { name: child }).first()).toBeVisible();
}

test('a screener registers and screens a child', async ({ page }) => {
  await begin(page, 'chushai', '我的工作');
  await go(page, '儿童档案');
  await press(page, '登记儿童');
  await field(page, 'name').fill(child);
  await field(page, 'sex').first().focus();
  await page.keyboard.press('Space');
  await field(page, 'birth_on').fill(monthsAgo(18, 3));
  await field(page, 'identity_kind').selectOption({ label: '暂无证件' });
  await field(page, 'division').selectOption({ index: 1 });
  await field(page, 'guardian1_name').fill('太叔文');
  await field(page, 'guardian1_kinship').selectOption({ label: '父亲' });
  await press(page, '登记', 'button');
  await expect(page.getByText('已登记，档案已建立。')).toBeVisible();
  await press(page, '初筛记录');
  await press(page, '登记初筛');
  await field(page, 'sign1').first().focus();
  for (const key of ['1', '0', '0', '0', '1']) await page.keyboard.press(key);
  await press(page, '预览', 'button');
  await press(page, '保存', 'button');
  await press(page, '确认并发出', 'button');
  await expect(page.getByRole('status').filter({ hasText: /发出|转介/ }).first()).toBeVisible();
});

test('a re-screen hospital accepts from its list and re-screens', async ({ page }) => {
  await begin(page, 'fushai', '我的工作');
  await go(page, '转介');
  await find(page);
  await tabTo(page, new RegExp(child), 'checkbox');
  await page.keyboard.press('Space');
  await press(page, '接收所选', 'button');
  await expect(page.getByText('已接收 1 条转介。')).toBeVisible();
  await page.goto('/referrals');
  await find(page);
  await press(page, child);
  await press(page, '录入结果');
  await field(page, 'findings').first().focus();
  await page.keyboard.press('Space');
  for (const [name, key] of [['scale_at_risk', 'Space'], ['development_deviates', 'ArrowRight']] as const) {
    await field(page, name).first().focus();
    await page.keyboard.press(key);
  }
  await field(page, 'refer_to').selectOption({ index: 1 });
  await press(page, '保存复筛结果', 'button');
  await press(page, '确认转介');
  await press(page, '确认并发出', 'button');
  await expect(page.locator('main')).toContainText('待接收');
  await accessible(page);
});

test('a diagnosing hospital diagnoses', async ({ page }) => {
  await begin(page, 'zhenduan', '我的工作');
  await go(page, '转介');
  await find(page);
  await press(page, child);
  await press(page, '接收', 'button');
  await press(page, '录入结果');
  await field(page, 'doctor').fill('孔令仪');
  await field(page, 'codes').first().focus();
  await page.keyboard.press('Space');
  await field(page, 'conclusion').fill('诊断明确。');
  await press(page, '预览', 'button');
  await press(page, '保存诊断', 'button');
  await expect(page.locator('main')).toContainText('已完成');
  await accessible(page);
});

test('the centre takes the child in and calls the family', async ({ page }) => {
  await begin(page, 'jiean', '我的工作');
  await go(page, '转介');
  await find(page);
  await press(page, child);
  await press(page, '接收', 'button');
  await expect(page.locator('main')).toContainText('已接收');
  await go(page, '待办任务');
  await press(page, child);
  await accessible(page);
  await page.locator('input[type=radio][name=result]').first().focus();
  await page.keyboard.press('Space');
  await page.locator('textarea[name=contact_note]').fill('家长愿意来中心评估。');
  await press(page, '保存联系记录', 'button');
  await expect(page.locator('main')).toContainText('家长愿意来中心评估。');
});

test('the head of a hospital looks for what is late and saves the filter', async ({ page }) => {
  await begin(page, 'fushai-zhuguan', '我的工作');
  await go(page, '转介');
  await press(page, /^逾期/);
  await expect(page).toHaveURL(/view=overdue/);
  await field(page, 'filter_name').fill('逾期的转介');
  await press(page, '保存', 'button');
  await expect(page.locator('main').getByRole('link', { name: '逾期的转介' })).toBeVisible();
  await accessible(page);
});

test('a street officer sees where the children of the street stand', async ({ page }) => {
  await begin(page, 'jiedao');
  await go(page, '筛查链进度');
  await accessible(page);
  await press(page, /^康复接案/);
  await page.locator('main tbody').getByRole('link').first().focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: '经过' })).toBeVisible();
  await accessible(page);
});

test('the federation freezes a report', async ({ page }) => {
  await begin(page, 'canlian');
  await go(page, '筛查报表');
  await page.locator('#month').fill(monthsAgo(1).slice(0, 7));
  await page.keyboard.press('Enter');
  await expect(page.locator('main .page-head-lead')).toContainText(monthsAgo(1).slice(0, 7));
  await page.locator('main details.ask > summary').focus();
  await page.keyboard.press('Enter');
  await page.locator('main details.ask button[type=submit]').focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/reports\/frozen\/\d+/);
  await accessible(page);
});

test('the education bureau reads numbers, and no child', async ({ page }) => {
  await begin(page, 'jiaoyu');
  await go(page, '筛查报表');
  await expect(page.getByRole('table').first()).toContainText('合计');
  await expect(page.locator('main td a')).toHaveCount(0);
  await accessible(page);
  await press(page, '图表与分析');
  await accessible(page);
});

test('somebody reads large letters in the dark, and in English', async ({ page }) => {
  await signIn(page, 'jiaoyu');
  const menu = page.locator('details[data-menu] > summary');
  for (const [name, value] of [['theme', 'dark'], ['large_type', 'true'], ['locale', 'en']]) {
    await menu.click();
    await page.locator(`details[data-menu] button[name=${name}][value=${value}]`).click();
  }
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.locator('html')).toHaveAttribute('data-bs-theme', 'dark');
  await expect(page.locator('html')).toHaveClass(/large-type/);
  await accessible(page);
  for (const [name, value] of [['theme', 'auto'], ['large_type', 'false'], ['locale', 'zh-CN']]) {
    await menu.click();
    await page.locator(`details[data-menu] button[name=${name}][value=${value}]`).click();
  }
});

/** Administrators begin with their second factor. */
async function beginWithFactor(page: Page, userName: string) {
  await signIn(page, userName);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('双重验证');
  await accessible(page);
  await press(page, '开始添加', 'button');
  await expect(field(page, 'code')).toBeVisible();
  await accessible(page);
  const secret = await page.locator('main dd .code').innerText();
  await rememberSecret(userName, secret);
  await field(page, 'code').focus();
  await page.keyboard.type(code(secret));
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toContainText('已启用');
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('工作台');
  await accessible(page);
}

test('a system administrator sets the second factor up and dates a new rule', async ({ page }) => {
  await beginWithFactor(page, 'xitong');
  await go(page, '业务规则');
  await page.locator('main tbody').getByRole('link').first().focus();
  await page.keyboard.press('Enter');
  await accessible(page);
  await press(page, '新建版本');
  await field(page, 'valid_from').fill(daysAgo(-30));
  await field(page, 'source').fill('测试文件〔2026〕1号');
  await press(page, '保存新版本', 'button');
  await expect(page.locator('main')).toContainText('测试文件〔2026〕1号');
  await accessible(page);
  await go(page, '系统运行');
  await accessible(page);
});

test('a security administrator opens an account', async ({ page }) => {
  await beginWithFactor(page, 'anquan');
  await go(page, '账户管理');
  await accessible(page);
  await press(page, '开户');
  await field(page, 'user_name').fill('taishu.yun');
  await field(page, 'display_name').fill('太叔芸');
  await field(page, 'organisation').selectOption({ label: '镇海区妇幼保健院' });
  await page.locator('main').getByRole('checkbox', { name: '复筛人员' }).focus();
  await page.keyboard.press('Space');
  await press(page, /开户|保存/, 'button');
  await expect(page.locator('main')).toContainText('taishu.yun');
  await accessible(page);
});

test('an audit administrator finds what was just done', async ({ page }) => {
  await beginWithFactor(page, 'shenji');
  await go(page, '审计日志');
  await field(page, 'who').fill('shenji');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('row').filter({ hasText: 'shenji' }).first()).toContainText('启用双重验证');
  await accessible(page);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('a child is registered: errors beside the fields, then the file', async ({ page }) => {
    await signIn(page, 'chushai');
    await page.goto('/children/new');
    await field(page, 'name').fill('太叔星');
    await page.locator('main').getByRole('button', { name: '登记', exact: true }).click();
    await expect(page.locator('main [role=alert] a[href="#birth_on"]')).toBeVisible();
    await expect(page.locator('#birth_on')).toHaveAttribute('aria-invalid', 'true');
    await expect(field(page, 'name')).toHaveValue('太叔星');
    await field(page, 'sex').nth(1).check();
    await field(page, 'birth_on').fill(monthsAgo(9));
    await field(page, 'identity_kind').selectOption({ label: '暂无证件' });
    await field(page, 'division').selectOption({ index: 1 });
    await field(page, 'guardian1_name').fill('太叔文');
    await field(page, 'guardian1_kinship').selectOption({ label: '父亲' });
    await page.locator('main').getByRole('button', { name: '登记', exact: true }).click();
    await expect(page.getByText('已登记，档案已建立。')).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('太叔星');
  });
});
