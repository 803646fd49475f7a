import { expect, test as plain } from '@playwright/test';
import { violations } from './support';

// A check that cannot fail is worth nothing: axe must find faults planted in a page, and nothing in the same page
// without them.
const page_with = (body: string, lang = 'zh-CN') =>
  `<!doctype html><html lang="${lang}"><head><title>检查</title></head><body><main><h1>检查</h1>${body}</main></body></html>`;

plain('a sound page passes', async ({ page }) => {
  await page.setContent(page_with('<label for="a">姓名</label> <input id="a">'));
  expect(await violations(page)).toEqual([]);
});

for (const [fault, rule, body, lang] of [
  ['a field without a label', 'label', '<input id="a">', 'zh-CN'],
  ['a link without text', 'link-name', '<a href="/x"><svg width="30" height="30"></svg></a>', 'zh-CN'],
  ['pale text', 'color-contrast', '<p style="color:#aaa;background:#fff">看不清</p>', 'zh-CN'],
  ['a page without a language', 'html-has-lang', '<p>正文</p>', ''],
] as const) {
  plain(`axe catches ${fault}`, async ({ page }) => {
    await page.setContent(page_with(body, lang));
    expect((await violations(page)).map((line) => line.split(':')[0])).toContain(rule);
  });
}
