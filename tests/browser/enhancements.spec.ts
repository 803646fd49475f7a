import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, type Page } from './support';

// The scripts of assets/js on small pages of their own, without the server: what they promise in their comments.
const origin = 'http://starbridge.test';
const dist = fileURLToPath(new URL('../../assets/dist', import.meta.url));

async function open(page: Page, body: string, answers: Record<string, (post: string) => { status: number; body?: string }> = {}) {
  await page.route(`${origin}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    const answer = answers[pathname];
    if (answer) {
      await route.fulfill({ contentType: 'text/html', ...answer(route.request().postData() ?? '') });
    } else if (pathname.startsWith('/assets/')) {
      const contentType = pathname.endsWith('.css') ? 'text/css' : pathname.endsWith('.js') ? 'text/javascript' : 'image/svg+xml';
      await route.fulfill({ contentType, body: await readFile(join(dist, pathname.slice('/assets/'.length))) });
    } else {
      await route.fulfill({
        contentType: 'text/html',
        headers: { 'content-security-policy': "default-src 'self'" },
        body: `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>试</title><link rel="icon" href="/assets/favicon.svg">
          <link rel="stylesheet" href="/assets/app.css"><script src="/assets/app.js" defer></script></head>
          <body data-failed="没有完成" data-offline="连不上"><main><h1>试</h1>${body}</main>
          <div class="live" id="live" role="status" aria-live="polite"></div></body></html>`,
      });
    }
  });
  await page.goto(`${origin}/`);
}

const question = (name: string) =>
  `<fieldset><legend>${name}</legend><label><input type="radio" name="${name}" value="yes">是</label><label><input type="radio" name="${name}" value="no">否</label></fieldset>`;

test.describe('number keys', () => {
  test.beforeEach(async ({ page }) => {
    await open(
      page,
      `<form><div data-keys><output data-answered></output><button type="button" data-next-missing hidden>未答</button>
       ${question('q1')}${question('q2')}${question('q3')}</div><button type="submit">保存</button></form>`,
    );
  });

  test('answer a question and go on', async ({ page }) => {
    await page.locator('[name=q1]').first().focus();
    await page.keyboard.press('2');
    await expect(page.locator('[name=q1][value=no]')).toBeChecked();
    await expect(page.locator('[name=q2][value=yes]')).toBeFocused();
    await expect(page.locator('[name=q2][value=yes]')).not.toBeChecked();
    await page.keyboard.press('1');
    await expect(page.locator('[data-answered]')).toHaveText('2 / 3');
  });

  test('a digit without an answer changes nothing; Delete clears; Enter and Page Up walk', async ({ page }) => {
    await page.locator('[name=q1]').first().focus();
    await page.keyboard.press('9');
    await expect(page.locator('[data-answered]')).toHaveText('0 / 3');
    await page.keyboard.press('1');
    await page.keyboard.press('PageUp');
    await expect(page.locator('[name=q1][value=yes]')).toBeFocused();
    await page.keyboard.press('Delete');
    await expect(page.locator('[name=q1][value=yes]')).not.toBeChecked();
    await page.keyboard.press('Enter');
    await expect(page.locator('[name=q2][value=yes]')).toBeFocused();
  });

  test('digits count as soon as the page is open, and stay text in a text field', async ({ page }) => {
    await page.keyboard.press('1');
    await expect(page.locator('[name=q1][value=yes]')).toBeChecked();
    await page.keyboard.press('2');
    await expect(page.locator('[name=q2][value=no]')).toBeChecked();
    await page.evaluate(() => {
      document.querySelector('form')!.insertAdjacentHTML('beforeend', '<textarea aria-label="备注"></textarea>');
      document.querySelector('textarea')!.focus();
    });
    await page.keyboard.press('1');
    await expect(page.locator('textarea')).toHaveValue('1');
    await expect(page.locator('[data-answered]')).toHaveText('2 / 3');
  });

  test('the first question without an answer is one press away', async ({ page }) => {
    await page.locator('[name=q1]').first().focus();
    await page.keyboard.press('1');
    await page.locator('[data-next-missing]').click();
    await expect(page.locator('[name=q2][value=yes]')).toBeFocused();
    await page.keyboard.press('1');
    await page.keyboard.press('1');
    await expect(page.locator('[data-next-missing]')).toBeHidden();
  });
});

test.describe('rows', () => {
  const row = (n: number) =>
    `<tr><td><select aria-label="结果 ${n}" id="r${n}"><option value="">未做</option><option value="seen">已筛查</option><option value="refused">拒绝</option></select></td>
     <td><input type="checkbox" id="s${n}" aria-label="征象 1" value="1"></td><td><input type="text" id="n${n}" aria-label="备注"></td></tr>`;

  test.beforeEach(async ({ page }) => {
    await open(page, `<form><div data-row-keys><table><tbody>${row(1)}${row(2)}${row(3)}</tbody></table></div></form>`);
  });

  test('a digit chooses the result at once and goes on', async ({ page }) => {
    await page.keyboard.press('1');
    await expect(page.locator('#r1')).toHaveValue('seen');
    await expect(page.locator('#r2')).toBeFocused();
    await page.keyboard.press('2');
    await expect(page.locator('#r2')).toHaveValue('refused');
    await page.keyboard.press('9');
    await expect(page.locator('#r3')).toHaveValue('');
    await page.keyboard.press('PageUp');
    await page.keyboard.press('0');
    await expect(page.locator('#r2')).toHaveValue('');
  });

  test('on the ticks a digit ticks, in a text it is text', async ({ page }) => {
    await page.locator('#s2').focus();
    await page.keyboard.press('1');
    await expect(page.locator('#s2')).toBeChecked();
    await page.locator('#n2').focus();
    await page.keyboard.press('1');
    await expect(page.locator('#n2')).toHaveValue('1');
    await expect(page.locator('#r2')).toHaveValue('');
  });
});

test.describe('scores', () => {
  const item = (name: string, scores: string[]) =>
    `<fieldset><legend>${name}</legend>${scores.map((s) => `<label><input type="radio" name="${name}" value="${s}" data-key="${s}">${s}</label>`).join('')}</fieldset>`;
  const cars = ['1', '1.5', '2', '2.5', '3', '3.5', '4'];
  const score = (name: string, value: string) => `[name=${name}][value="${value}"]`;

  test.beforeEach(async ({ page }) => {
    await open(page, `<form><div data-keys>${item('a', cars)}${item('b', cars)}${item('c', cars)}${item('d', ['0', '1', '2'])}</div><button type="submit">保存</button></form>`);
    await page.locator('[name=a]').first().focus();
  });

  test('the key of a score is the score, and a point makes it a half', async ({ page }) => {
    await page.keyboard.press('3');
    await expect(page.locator(score('a', '3'))).toBeChecked();
    await page.keyboard.type('2.5');
    await expect(page.locator(score('b', '2.5'))).toBeChecked();
    await page.keyboard.type('1.');
    await expect(page.locator(score('c', '1.5'))).toBeChecked();
    await page.keyboard.press('2');
    await expect(page.locator(score('d', '2'))).toBeChecked();
  });

  test('what is no score of the item changes nothing', async ({ page }) => {
    await page.keyboard.press('5');
    await expect(page.locator('[name=a]:checked')).toHaveCount(0);
    await page.keyboard.type('4.');
    await expect(page.locator(score('a', '4'))).toBeChecked();
    await expect(page.locator('[name=b]:checked')).toHaveCount(0);
  });
});

test.describe('drafts', () => {
  const form = `<form method="post" action="/done" data-draft="/draft"><input name="note" aria-label="备注">
    <span role="status" data-draft-status data-saved="草稿已保存 {time}" data-failed="草稿未能保存"></span><button>保存</button></form>`;

  test('are kept a few seconds after a change and say when', async ({ page }) => {
    const posts: string[] = [];
    await open(page, form, { '/draft': (post) => (posts.push(post), { status: 204 }) });
    await page.locator('[name=note]').fill('语言 倒退');
    await expect(page.locator('[data-draft-status]')).toHaveText(/^草稿已保存 \d\d:\d\d$/);
    expect(posts.map((post) => new URLSearchParams(post).get('note'))).toEqual(['语言 倒退']);
  });

  test('say so when they could not be kept, and try again', async ({ page }) => {
    let tries = 0;
    await open(page, form, { '/draft': () => ({ status: ++tries === 1 ? 413 : 204 }) });
    await page.locator('[name=note]').fill('x');
    await expect(page.locator('[data-draft-status]')).toHaveText('草稿未能保存');
    await page.locator('[name=note]').fill('xy');
    await expect(page.locator('[data-draft-status]')).toHaveText(/^草稿已保存/, { timeout: 20_000 });
  });

  test('say so when another window saved meanwhile, and do not insist', async ({ page }) => {
    let tries = 0;
    const told = form.replace('data-failed', 'data-conflict="另一个窗口已保存" data-failed');
    await open(page, told, { '/draft': () => ({ status: (tries++, 409) }) });
    await page.locator('[name=note]').fill('x');
    await expect(page.locator('[data-draft-status]')).toHaveText('另一个窗口已保存');
    await page.waitForTimeout(4000);
    expect(tries).toBe(1);
  });

  test('are not sent after the form itself', async ({ page }) => {
    let drafts = 0;
    await open(page, form, { '/draft': () => (drafts++, { status: 204 }), '/done': () => ({ status: 200, body: 'ok' }) });
    await page.locator('[name=note]').fill('x');
    await page.getByRole('button').click();
    await page.waitForURL('**/done');
    expect(drafts).toBe(0);
  });
});

test('a refused form is shown, another error is announced', async ({ page }) => {
  await open(
    page,
    `<form hx-post="/refused" hx-target="#place"><button>一</button></form><form hx-post="/broken" hx-target="#place"><button>二</button></form><div id="place"></div>`,
    { '/refused': () => ({ status: 422, body: '<p>请填写姓名</p>' }), '/broken': () => ({ status: 404, body: '<p>不应出现</p>' }) },
  );
  await page.getByRole('button', { name: '一' }).click();
  await expect(page.locator('#place')).toHaveText('请填写姓名');
  await page.getByRole('button', { name: '二' }).click();
  await expect(page.locator('#live')).toHaveText('没有完成');
  await expect(page.locator('#place')).toHaveText('请填写姓名');
});

test('a list does not swallow the sign-in page when the session has ended', async ({ page }) => {
  // The address after the redirect is all that the script sees, so the redirect itself is left out.
  await open(page, `<div id="list"><a href="/" hx-get="/sign-in" hx-target="#list" hx-select="#list" hx-swap="outerHTML">下一页</a></div>`);
  const reloaded = page.waitForEvent('load');
  await page.getByRole('link', { name: '下一页' }).click();
  await reloaded;
  await expect(page).toHaveURL(`${origin}/`);
  await expect(page.locator('#list')).toBeVisible();
});

test('a watched part of a form asks while it is typed, with the whole form', async ({ page }) => {
  const asked: string[] = [];
  await open(
    page,
    `<form method="post" action="/children" novalidate>
     <div hx-post="/children/duplicates" hx-trigger="input delay:600ms" hx-target="#same" hx-swap="innerHTML" hx-sync="this:replace">
     <input name="name" aria-label="姓名"><input name="born" aria-label="出生"></div><input name="street" value="蛟川" aria-label="街道"></form><div id="same" aria-live="polite"></div>`,
    { '/children/duplicates': (post) => (asked.push(post), { status: 200, body: '<p>可能已有档案</p>' }) },
  );
  await page.locator('[name=street]').fill('骆驼');
  await page.locator('[name=name]').pressSequentially('王小', { delay: 50 });
  await page.locator('[name=born]').pressSequentially('2024', { delay: 50 });
  await expect(page.locator('#same')).toHaveText('可能已有档案');
  expect(asked.map((post) => Object.fromEntries(new URLSearchParams(post)))).toEqual([
    { name: '王小', born: '2024', street: '骆驼' },
  ]);
});

test('a chart is drawn from its table, which stays', async ({ page }) => {
  await open(
    page,
    `<figure class="drawing" data-chart="bar"><div class="drawing-canvas" hidden><canvas role="img" aria-label="人数"></canvas></div>
     <table><thead><tr><th>阶段</th><th>人数</th></tr></thead><tbody><tr><th>应筛</th><td>1,204</td></tr><tr><th>诊断</th><td>—</td></tr></tbody></table>
     <script src="/assets/charts.js" type="module"></script></figure>`,
  );
  await expect(page.locator('canvas')).toBeVisible();
  await expect(page.locator('table')).toBeVisible();
  // The bar of 应筛 reaches from the axis far to the top: coloured pixels in the left half, none in the right.
  const coloured = await page.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    const halves = [0, 0];
    for (let i = 0; i < data.length; i += 4)
      if (data[i + 3] > 200 && data[i + 2] - data[i] > 60) halves[(i / 4) % canvas.width < canvas.width / 2 ? 0 : 1]++;
    return halves;
  });
  expect(coloured[0]).toBeGreaterThan(2000);
  expect(coloured[1]).toBe(0);
});

test('menus close with Escape and give the focus back', async ({ page }) => {
  await open(page, `<details data-menu><summary>账户</summary><a href="/x">我的账户</a></details>`);
  await page.locator('summary').click();
  await page.getByRole('link').focus();
  await page.keyboard.press('Escape');
  await expect(page.locator('details')).not.toHaveAttribute('open', '');
  await expect(page.locator('summary')).toBeFocused();
});
