import { readFile } from 'node:fs/promises';
import { accessible as accessibleIn, daysAgo, expect, field, monthsAgo, signIn, signOut, test, type Page } from './support';
import { fillIn, type Row } from './roster';

// One child from the roster to the report, through the hands of everybody, as a clerk would do it without a manual.
test.describe.configure({ timeout: 240_000 });

/** The pages of the journey in light; the journeys of the roles look at them in the dark as well. */
const accessible = (page: Page) => accessibleIn(page, ['light']);

const child = '闻人望桥';
const row = (name: string, more: Row = {}): Row => ({
  儿童姓名: name,
  性别: '男',
  出生日期: monthsAgo(24, 5),
  现居住地: '招宝山街道',
  监护人1姓名: '闻秋雨',
  监护人1关系: '母亲',
  监护人1邮箱: 'wen.qiuyu@mail.example',
  ...more,
});
const broken = [
  row(child, { 性别: '男孩子' }),
  row('闻人望星', { 出生日期: '2025-13-05' }),
  row('闻人望月', { 证件类型: '居民身份证', 证件号码: '330211202405050011' }),
];
const mended = [row(child), row('闻人望星', { 性别: '女' }), row('闻人望月', { 出生日期: monthsAgo(40) })];

/** Uploads a roster and waits until it has been checked. */
async function upload(page: Page, name: string, buffer: Buffer) {
  await page.getByLabel('名册文件').setInputFiles({
    name,
    buffer,
    mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  });
  await page.getByRole('button', { name: '上传并检查' }).click();
  await expect(page.getByText('检查完成，等待确认')).toBeVisible({ timeout: 30_000 });
}

/** The child's referral in the list of the organisation, which is searched by the name. */
async function openReferral(page: Page) {
  await page.getByRole('link', { name: '转介', exact: true }).click();
  await page.getByLabel('姓名或档案号').fill(child);
  await page.locator('main').getByRole('button', { name: '查询' }).click();
  await expect(page).toHaveURL(/\/referrals\?find=[\w-]+&view=ours$/);
  await accessible(page);
  await page.locator('main').getByRole('link', { name: child }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(child);
  await accessible(page);
}

test('a child goes from the roster to the report', async ({ page }) => {
  await test.step('the screener imports the roster', async () => {
    await page.goto('/sign-in');
    await accessible(page);
    await signIn(page, 'chushai');
    await accessible(page);
    await page.getByRole('link', { name: '名册导入' }).click();
    await accessible(page);
    await page.getByRole('link', { name: '导入名册' }).first().click();
    await accessible(page);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '下载模板' }).click()]);
    expect(download.suggestedFilename()).toBe('儿童名册模板.xlsx');
    const template = await readFile(await download.path());

    await upload(page, '名册.xlsx', fillIn(template, broken));
    for (const [cell, column] of [
      ['B3', '性别'],
      ['C4', '出生日期'],
      ['E5', '证件号码'],
    ])
      await expect(page.getByRole('row').filter({ hasText: cell }).filter({ hasText: column })).toBeVisible();
    await accessible(page);

    await page.getByRole('link', { name: '上传修改后的文件' }).click();
    await upload(page, '名册（改）.xlsx', fillIn(template, mended));
    await expect(page.getByRole('radio', { name: /全部导入/ })).toBeChecked();
    await accessible(page);
    await page.getByRole('button', { name: '开始导入' }).click();
    await expect(page.getByText('导入完成')).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText(/新建档案\s*3/)).toBeVisible();
    await expect(page.getByText('取消导入')).toHaveCount(0);
    await accessible(page);
  });

  await test.step('the screener finds the child and screens it', async () => {
    await page.getByRole('searchbox', { name: /查找|搜索/ }).first().fill(child);
    await page.keyboard.press('Enter');
    // One child alone is opened at once.
    await expect(page).toHaveURL(/\/children\/\d+$/);
    await accessible(page);
    await page.getByRole('link', { name: '初筛记录' }).click();
    await accessible(page);
    await page.getByRole('link', { name: '登记初筛' }).click();
    await accessible(page);
    await field(page, 'sign1').first().focus();
    for (const key of ['1', '1', '0', '0', '0']) await page.keyboard.press(key);
    await page.getByRole('button', { name: '预览' }).click();
    await expect(page.locator('main')).toContainText('需复筛');
    await accessible(page);
    await page.getByRole('button', { name: '保存' }).click();
    await expect(page.getByText('初筛已保存。请确认转介。')).toBeVisible();
    await expect(page.locator('main')).not.toContainText('孤独症');
    await accessible(page);
    await page.getByRole('button', { name: '确认并发出' }).click();
    await accessible(page);
    await signOut(page);
  });

  await test.step('the hospital accepts and re-screens', async () => {
    await signIn(page, 'fushai');
    await openReferral(page);
    await page.getByRole('button', { name: '接收' }).click();
    await expect(page.locator('main')).toContainText('已接收');
    await accessible(page);
    await page.getByRole('link', { name: '录入结果' }).click();
    await accessible(page);
    await page.getByLabel('语言或交流障碍').check();
    await page.getByRole('group', { name: '筛查量表是否提示有风险' }).getByLabel('是').check();
    await page.getByRole('group', { name: '发育量表是否提示障碍或偏离' }).getByLabel('否').check();
    await page.getByLabel('转往诊断机构').selectOption({ index: 1 });
    await page.getByRole('button', { name: '保存复筛结果' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(`诊断 · ${child}`);
    await accessible(page);
    await page.getByRole('link', { name: '确认转介' }).click();
    await accessible(page);
    await page.getByRole('button', { name: '确认并发出' }).click();
    await expect(page.locator('main')).toContainText('待接收');
    await accessible(page);
    await signOut(page);
  });

  await test.step('the diagnosing hospital accepts and diagnoses', async () => {
    await signIn(page, 'zhenduan');
    await openReferral(page);
    await page.getByRole('button', { name: '接收' }).click();
    await expect(page.locator('main')).toContainText('已接收');
    await page.getByRole('link', { name: '录入结果' }).click();
    await accessible(page);
    await field(page, 'doctor').fill('孔令仪');
    await field(page, 'codes').first().check();
    await field(page, 'conclusion').fill('结合病史、观察与量表，诊断明确。');
    await page.getByRole('button', { name: '预览' }).click();
    await accessible(page);
    await page.getByRole('button', { name: '保存诊断' }).click();
    await expect(page.locator('main')).toContainText('已完成');
    await accessible(page);
    await signOut(page);
  });

  await test.step('the federation finds the child behind the number', async () => {
    await signIn(page, 'canlian');
    await page.getByRole('link', { name: '筛查报表' }).click();
    await page.locator('#month').fill(daysAgo(0).slice(0, 7));
    await page.getByRole('button', { name: '查询' }).click();
    await expect(page.getByRole('table').first()).toContainText('招宝山街道');
    await accessible(page);
    await page.locator('main a[href*="span=period"][href*="cell=diagnosed"][href*="row=330211001"]').first().click();
    await accessible(page);
    await page.getByRole('row').filter({ hasText: child }).getByRole('link').click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(child);
    await accessible(page);
    await page.getByRole('link', { name: '筛查进程' }).click();
    await accessible(page);
    await page.getByRole('navigation', { name: '儿童档案' }).getByRole('link', { name: '家庭通知' }).click();
    await expect(page.getByRole('row').filter({ hasText: '闻秋雨' }).first()).toBeVisible();
    await accessible(page);
  });
});
