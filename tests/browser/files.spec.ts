import { accessible, expect, signIn, test, type Page } from './support';

// Files of a child's file, as people add them: chosen, dropped, on a telephone, by keyboard, and without a script.

/** One pixel. */
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64');

/** One empty page; what stands behind its end makes two of them differ. */
function pdf(note: string): Buffer {
  const objects = ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>', '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>'];
  let file = '%PDF-1.7\n';
  const places = objects.map((object, at) => {
    const place = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const begins = file.length;
  file += `xref\n0 4\n0000000000 65535 f \n${places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('')}`;
  file += `trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n${begins}\n%%EOF\n% ${note}\n`;
  return Buffer.from(file, 'latin1');
}

const named = (name: string, buffer: Buffer) => ({ name, mimeType: 'application/octet-stream', buffer });

/** The files of the first child whom the centre takes care of. */
async function open(page: Page): Promise<void> {
  await signIn(page, 'jiean');
  await page.goto('/children');
  const file = await page.locator('main tbody tr a[href^="/children/"]').first().getAttribute('href');
  await page.goto(`${file}/attachments`);
  await expect(page.locator('[data-files-list]')).toBeVisible();
}

test('each file has its answer, and what was sent is there after a reload', async ({ page }) => {
  await open(page);
  await page.locator('#kind').selectOption({ label: '户口簿' });
  // With the script there is nothing to press.
  await expect(page.getByRole('button', { name: '上传' })).toBeHidden();
  await page.locator('#files').setInputFiles([named('首页.png', png), named('假的.pdf', Buffer.from('GIF89a')), named('索引页.pdf', pdf('a'))]);
  const list = page.locator('.files-list');
  await expect(list).toContainText('首页.png');
  await expect(list).toContainText('索引页.pdf');
  const wrong = page.locator('.files-progress .is-wrong');
  await expect(wrong).toHaveCount(1);
  await expect(wrong).toContainText('假的.pdf');
  await expect(wrong).toContainText('只收 PDF、JPEG、PNG');
  await wrong.getByRole('button').click();
  await expect(wrong).toHaveCount(0);
  await expect(page.locator('#files')).toBeFocused();
  await page.reload();
  await expect(list).toContainText('首页.png');
  await expect(list).toContainText('户口簿');
});

test('what is too large is told before a byte is sent', async ({ page }) => {
  await open(page);
  let sent = 0;
  page.on('request', (request) => (sent += request.method() === 'POST' ? 1 : 0));
  await page.locator('#files').setInputFiles([named('大.pdf', Buffer.alloc((20 << 20) + 1)), named('空.pdf', Buffer.alloc(0))]);
  await expect(page.locator('.files-progress .is-wrong')).toHaveCount(2);
  await expect(page.locator('.files-progress')).toContainText('超过 20 MB');
  await expect(page.locator('.files-progress')).toContainText('文件是空的');
  expect(sent).toBe(0);
});

test('a file can be dropped onto the field', async ({ page }) => {
  await open(page);
  const dropped = await page.evaluateHandle(
    (content) => {
      const all = new DataTransfer();
      all.items.add(new File([new Uint8Array(content)], '拖来的.pdf'));
      return all;
    },
    [...pdf('dropped')],
  );
  await page.dispatchEvent('[data-files-drop]', 'dragover', { dataTransfer: dropped });
  await expect(page.locator('[data-files-drop]')).toHaveClass(/is-over/);
  await page.dispatchEvent('[data-files-drop]', 'drop', { dataTransfer: dropped });
  await expect(page.locator('.files-list')).toContainText('拖来的.pdf');
});

test('what did not arrive is told, and sending again is one press', async ({ page }) => {
  await open(page);
  await page.route('**/attachments', (route) => (route.request().method() === 'POST' ? route.fulfill({ status: 408 }) : route.continue()));
  await page.locator('#files').setInputFiles([named('断线.pdf', pdf('did not arrive'))]);
  const wrong = page.locator('.files-progress .is-wrong');
  await expect(wrong).toContainText('没有传上去');
  await page.unroute('**/attachments');
  await wrong.getByRole('button', { name: /重新上传/ }).click();
  await expect(page.locator('.files-list')).toContainText('断线.pdf');
});

test('everything works by keyboard, and is taken back by it', async ({ page }) => {
  await open(page);
  await page.locator('#title').focus();
  await page.keyboard.press('Tab');
  await expect(page.locator('#files')).toBeFocused();
  await page.locator('#files').setInputFiles([named('撤下.pdf', pdf('taken back'))]);
  const row = page.locator('.files-one', { hasText: '撤下.pdf' });
  await row.locator('summary').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toContainText('已撤下');
  await expect(page.locator('.files-one', { hasText: '撤下.pdf' })).toHaveCount(0);
});

test('a paper of an application is brought, and received with one press', async ({ page }) => {
  await signIn(page, 'jiean');
  await page.goto('/applications?view=open&state=draft');
  await page.locator('main tbody tr a[href^="/applications/"]').first().click();
  const row = page.locator('tr', { hasText: '近期照片' });
  await row.getByRole('link', { name: /上传/ }).click();
  await page.locator('#files').setInputFiles([named('一寸照.png', png)]);
  await expect(page.locator('.files-list')).toContainText('一寸照.png');
  await accessible(page);
  await page.locator('.breadcrumb a[href^="/applications/"]').click();
  await expect(row.locator('img')).toBeVisible();
  await accessible(page);
  await row.getByRole('button', { name: /记为已收到/ }).press('Enter');
  await expect(page.locator('main')).toContainText('“近期照片”已记为收到');
  await expect(row).toContainText('已收到');
});

test.describe('without a script', () => {
  test.use({ javaScriptEnabled: false });

  test('several are chosen and sent with one press', async ({ page }) => {
    await open(page);
    await page.locator('#files').setInputFiles([named('一.pdf', pdf('one')), named('二.docx', Buffer.from('PK\u0003\u0004')), named('三.pdf', pdf('three'))]);
    await page.getByRole('button', { name: '上传' }).click();
    await expect(page.locator('#files-error')).toContainText('二.docx');
    await expect(page.locator('.files-list')).toContainText('一.pdf');
    await expect(page.locator('.files-list')).toContainText('三.pdf');
  });
});

for (const width of [1280, 820, 390, 360]) {
  test(`the page fits ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    await open(page);
    await page.locator('#files').setInputFiles([named(`${'很长的文件名'.repeat(12)}.pdf`, pdf(String(width)))]);
    await expect(page.locator('.files-progress li')).toHaveCount(0);
    await expect(page.locator('.files-one').first()).toBeVisible();
    const wide = await page.evaluate(() => document.scrollingElement!.scrollWidth - window.innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
    await accessible(page);
  });
}
