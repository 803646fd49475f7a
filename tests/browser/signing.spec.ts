import { type Browser } from '@playwright/test';
import { accessible, expect, signIn, test, type Page } from './support';

// A guardian signs on a telephone: let in by a code of the counter, drawn with a finger, turned, and what is no signature refused.

const phone = { width: 390, height: 844 };

/** Staff read a code out for the guardian of the first agreement that waits for one; what the code is, and of which agreement. */
async function letIn(page: Page): Promise<{ code: string; agreement: string }> {
  await signIn(page, 'jiean');
  await page.goto('/agreements?state=waiting');
  const links = await page.locator('main tbody a[href^="/agreements/"]').evaluateAll((all) => all.map((a) => a.getAttribute('href')!));
  for (const agreement of links) {
    await page.goto(agreement);
    const counter = page.locator('main a[href$="/access-code"]').first();
    if (!(await counter.isVisible())) continue;
    await counter.click();
    await page.getByLabel('居民身份证').check();
    await page.getByRole('button', { name: '生成验证码' }).click();
    const code = await page.locator('main dd .code').innerText();
    return { code, agreement };
  }
  throw new Error('no agreement waits for a guardian');
}

async function enters(browser: Browser, code: string): Promise<Page> {
  const context = await browser.newContext({ viewport: phone, hasTouch: true, isMobile: true, locale: 'zh-CN' });
  const page = await context.newPage();
  await page.goto('/my');
  await page.locator('#counter').fill(code);
  await page.getByRole('button', { name: '进入' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('我的文书');
  return page;
}

/** Dark points that can be seen in the field. */
async function inkOn(page: Page): Promise<number> {
  return page.locator('canvas#ink').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    let dark = 0;
    for (let at = 3; at < data.length; at += 4) dark += data[at]! > 64 ? 1 : 0;
    return dark;
  });
}

/** Draw from the left to the right of the field, up and down. */
async function draw(page: Page, steps: number): Promise<void> {
  const pad = page.locator('canvas#ink');
  await pad.scrollIntoViewIfNeeded();
  const box = (await pad.boundingBox())!;
  await page.mouse.move(box.x + 20, box.y + box.height / 2);
  await page.mouse.down();
  for (let n = 1; n <= steps; n++) {
    const down = n % 2 === 0 ? 0.25 : 0.75;
    await page.mouse.move(box.x + 20 + ((box.width - 40) * n) / steps, box.y + box.height * down, { steps: 4 });
    await page.waitForTimeout(20);
  }
  await page.mouse.up();
}

test('strokes survive a turn of the telephone, and a dot is none', async ({ page, browser }) => {
  const { code, agreement } = await letIn(page);
  const guardian = await enters(browser, code);
  await guardian.locator('main a[href^="/my/agreements/"]').first().click();
  await expect(guardian.locator('canvas#ink')).toBeVisible();
  await accessible(guardian);
  expect(await guardian.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(phone.width);

  // Nothing, and a dot: told before anything is sent.
  await guardian.getByLabel('我已阅读全文').check();
  await guardian.getByRole('button', { name: '签署', exact: true }).click();
  await expect(guardian.locator('#ink-said')).toHaveText('请先签名。');
  const pad = guardian.locator('canvas#ink');
  await pad.scrollIntoViewIfNeeded();
  const box = (await pad.boundingBox())!;
  await guardian.mouse.click(box.x + 100, box.y + 60);
  await guardian.getByRole('button', { name: '签署', exact: true }).click();
  await expect(guardian.locator('#ink-said')).toHaveText('笔迹过少，请签写完整姓名。');
  await guardian.getByRole('button', { name: '重写' }).click();
  expect(await inkOn(guardian)).toBe(0);

  await draw(guardian, 8);
  const drawn = await inkOn(guardian);
  expect(drawn).toBeGreaterThan(500);
  const before = await guardian.locator('[data-signature-ink]').inputValue();
  // Turned and back: the field has another size, and the ink is still there, in the form as well.
  await guardian.setViewportSize({ width: phone.height, height: phone.width });
  await expect.poll(() => inkOn(guardian)).toBeGreaterThan(500);
  const turned = JSON.parse(await guardian.locator('[data-signature-ink]').inputValue());
  expect(turned.w).not.toBe(JSON.parse(before).w);
  expect(turned.s.length).toBe(JSON.parse(before).s.length);
  await guardian.setViewportSize(phone);
  await expect.poll(() => inkOn(guardian)).toBeGreaterThan(500);
  // A stroke more, and taken back.
  await draw(guardian, 3);
  await guardian.getByRole('button', { name: '撤销一笔' }).click();
  expect(JSON.parse(await guardian.locator('[data-signature-ink]').inputValue()).s.length).toBe(turned.s.length);

  await guardian.getByRole('button', { name: '签署', exact: true }).click();
  await expect(guardian.locator('main')).toContainText('签署成功');
  await expect(guardian.locator('svg.paper-ink path').first()).toBeVisible();
  await expect(guardian.locator('canvas#ink')).toHaveCount(0);
  await page.goto(agreement);
  await expect(page.locator('main')).toContainText('工作人员查看证件');
  await accessible(page);
  await guardian.context().close();
});

test('without a script the name is typed', async ({ page, browser }) => {
  const { code } = await letIn(page);
  const context = await browser.newContext({ viewport: phone, javaScriptEnabled: false, locale: 'zh-CN' });
  const guardian = await context.newPage();
  await guardian.goto('/my');
  await guardian.locator('#counter').fill(code);
  await guardian.getByRole('button', { name: '进入' }).click();
  const name = await guardian.locator('main p.muted').first().innerText();
  await guardian.locator('main a[href^="/my/agreements/"]').first().click();
  await expect(guardian.locator('canvas#ink')).toBeHidden();
  await guardian.locator('#typed').fill(name);
  await guardian.getByLabel('我已阅读全文').check();
  await guardian.getByRole('button', { name: '签署', exact: true }).click();
  await expect(guardian.locator('main')).toContainText('签署成功');
  await context.close();
});
