import { expect, signIn, signInWhoever, test, type Page } from './support';

// No button and no link leaves the window, whoever looks, however narrow the window and however large the letters.
test.describe.configure({ timeout: 420_000 });

const roles = ['chushai', 'fushai', 'fushai-zhuguan', 'zhenduan', 'jiean', 'jiedao', 'canlian', 'jiaoyu', 'xitong', 'anquan', 'shenji'];

/**
 * What cannot be reached on the page as it is: the page is wider than the window; a control stands beyond its edge, or in a
 * column of a table that scrolls away. A plain link in such a column is reached by scrolling the table.
 */
function astray(): string[] {
  const found: string[] = [];
  const wide = document.scrollingElement!.scrollWidth - window.innerWidth;
  if (wide > 0) {
    const widest = [...document.querySelectorAll('main *')].find((one) => one.getBoundingClientRect().right > window.innerWidth + 1 && !one.closest('.sheet'));
    found.push(`the page is ${wide} px wider than the window: ${widest?.outerHTML.slice(0, 120)}`);
  }
  for (const one of document.querySelectorAll<HTMLElement>('a[href], button, summary, select, textarea, input:not([type=hidden])')) {
    const box = one.getBoundingClientRect();
    if (!one.checkVisibility({ visibilityProperty: true }) || box.width < 3 || box.height < 3) continue;
    if (one.matches('.skip, .nav-switch, .date-picker') || one.closest('.visually-hidden')) continue;
    const name = `${one.tagName} ${(one.getAttribute('aria-label') ?? one.innerText ?? '').trim().slice(0, 30)} [${one.getAttribute('name') ?? one.getAttribute('href') ?? ''}]`;
    const sheet = one.closest('.sheet');
    const plain = one.matches('a:not(.btn)');
    if (sheet && sheet.scrollWidth > sheet.clientWidth + 1) {
      const cell = one.closest('td, th');
      const stays = cell !== null && getComputedStyle(cell).position === 'sticky';
      if (!plain && !stays) found.push(`${name} scrolls away in its table`);
      if (stays && (box.left < -1 || box.right > window.innerWidth + 1)) found.push(`${name} leaves the window in a cell that stays`);
    } else if (box.left < -1 || box.right > window.innerWidth + 1) {
      found.push(`${name} leaves the window: ${Math.round(box.left)}–${Math.round(box.right)}`);
    }
  }
  return found;
}

/** The pages that the navigation leads to, and from each the first row of its list and what its head offers. */
async function pagesOf(page: Page): Promise<string[]> {
  const hrefs = (css: string) => page.locator(css).evaluateAll((links) => links.map((link) => link.getAttribute('href')!));
  const first = await hrefs('.side nav a');
  const all = new Set(first);
  for (const href of first) {
    await page.goto(href);
    const rows = await hrefs('main tbody tr:first-child a[href^="/"]');
    const heads = await hrefs('main .page-head a.btn[href^="/"]:not([download]), main .nav-tabs a');
    for (const next of [...rows.slice(0, 2), ...heads]) {
      if (!/\/export|\/template/.test(next)) all.add(next.startsWith('?') ? `${href}${next}` : next);
    }
  }
  // A file has pages of its own.
  for (const href of [...all].filter((one) => /^\/children\/\d+$/.test(one)).slice(0, 1)) {
    await page.goto(href);
    for (const next of await hrefs('main .nav-tabs a, main .page-head a.btn')) all.add(next);
  }
  return [...all];
}

async function speak(page: Page, locale: string) {
  await page.goto('/');
  await page.locator('details[data-menu] > summary').click();
  await page.locator(`details[data-menu] button[name=locale][value=${locale}]`).click();
  await expect(page.locator('html')).toHaveAttribute('lang', locale);
}

for (const role of roles) {
  test(`nothing leaves the window of ${role}`, async ({ page }) => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await signInWhoever(page, role);
    const pages = await pagesOf(page);
    expect(pages.length).toBeGreaterThan(2);
    const faults: string[] = [];
    const look = async (href: string, how: string) => {
      for (const fault of await page.evaluate(astray)) faults.push(`${href} (${how}): ${fault}`);
    };
    for (const href of pages) {
      await page.setViewportSize({ width: 820, height: 1000 });
      const answer = await page.goto(href);
      expect(answer?.status(), href).toBe(200);
      await look(href, '820');
      await page.evaluate(() => (document.documentElement.style.fontSize = '150%'));
      await look(href, '820, large');
      await page.evaluate(() => (document.documentElement.style.fontSize = ''));
      await page.setViewportSize({ width: 390, height: 800 });
      await look(href, '390');
    }
    await speak(page, 'en');
    await page.setViewportSize({ width: 820, height: 1000 });
    for (const href of pages) {
      await page.goto(href);
      await look(href, '820, English');
    }
    await speak(page, 'zh-CN');
    expect(faults).toEqual([]);
  });
}

test('on the phone rows are cards, filters are folded, and numbers stand two in a row; paper keeps the table', async ({ page }) => {
  await signIn(page, 'fushai');
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto('/');
  const [one, two, three] = await page.locator('main a.stat').evaluateAll((stats) => stats.map((stat) => stat.getBoundingClientRect()));
  expect(one!.top).toBe(two!.top);
  expect(two!.left).toBeGreaterThan(one!.left);
  expect(three!.top).toBeGreaterThan(one!.top);

  await page.goto('/referrals?view=all');
  // Still a table with rows and cells for whoever listens to it.
  const table = page.getByRole('table').first();
  await expect(table.getByRole('columnheader').first()).toBeAttached();
  const row = table.getByRole('row').nth(1);
  expect(await row.evaluate((element) => getComputedStyle(element).display)).toBe('grid');
  const cell = row.locator('[data-label]:not(:first-child)').first();
  const label = await cell.getAttribute('data-label');
  expect(await cell.evaluate((element) => getComputedStyle(element, '::before').content)).toContain(label!);
  const box = await row.boundingBox();
  expect(box!.x + box!.width).toBeLessThanOrEqual(390);

  const kind = page.locator('main .filters [name=kind]');
  const fold = page.locator('main .filters details.fold > summary');
  await expect(kind).toBeHidden();
  await expect(fold).toHaveText('筛选条件');
  await fold.click();
  await expect(kind).toBeVisible();
  await kind.selectOption({ index: 1 });
  await page.locator('main .filters button[type=submit]').click();
  await expect(page).toHaveURL(/kind=/);
  await expect(fold).toHaveText('筛选条件（已启用 1 项）');
  await page.reload();
  await expect(kind).toBeHidden();
  await expect(fold).toHaveText('筛选条件（已启用 1 项）');

  await page.emulateMedia({ media: 'print' });
  expect(await row.evaluate((element) => getComputedStyle(element).display)).toBe('table-row');
  await page.emulateMedia({ media: null });

  await page.setViewportSize({ width: 1280, height: 800 });
  await expect(fold).toBeHidden();
  await expect(kind).toBeVisible();
  expect(await row.evaluate((element) => getComputedStyle(element).display)).toBe('table-row');
});

test('a filter with an error is not folded', async ({ page }) => {
  await signIn(page, 'canlian');
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto('/reports/tracing?month=never');
  await expect(page.locator('main .filters [name=month]')).toBeVisible();
  await expect(page.locator('main .filters [name=month]')).toHaveAttribute('aria-invalid', 'true');
});

test('the first and the last column of a wide table stay while the rest is scrolled', async ({ page }) => {
  await signIn(page, 'canlian');
  await page.setViewportSize({ width: 820, height: 1000 });
  await page.goto('/referrals?view=all');
  const sheet = page.locator('main .sheet').first();
  await sheet.focus();
  await expect(sheet).toHaveAttribute('aria-label', /.+/);
  const places = () =>
    sheet.locator('tbody tr').first().evaluate((row) => [row.firstElementChild!, row.lastElementChild!].map((cell) => Math.round(cell.getBoundingClientRect().x)));
  const before = await places();
  await sheet.evaluate((element) => (element.scrollLeft = 9999));
  expect(await places()).toEqual(before);
});

test('a group of fields stands below its legend, also behind a hidden field', async ({ page }) => {
  await signIn(page, 'chushai');
  await page.goto('/children/new?fresh=true');
  const places = () =>
    page.locator('main fieldset.field').first().evaluate((group) =>
      [...group.children].filter((one) => one.checkVisibility()).map((one) => [one.getBoundingClientRect().x, one.getBoundingClientRect().y].map(Math.round)),
    );
  const before = await places();
  await page.locator('main fieldset.field > legend').first().evaluate((legend) =>
    legend.insertAdjacentHTML('afterend', '<input type="hidden" name="offered" value="1"><fieldset class="field"><legend>x</legend><p>y</p></fieldset>'),
  );
  const after = await places();
  expect(after.length).toBe(before.length + 1);
  // The new piece begins where the others do, below the legend.
  expect(after[1]![0]).toBe(before[0]![0]);
  expect(after[1]![1]).toBeGreaterThan(before[0]![1]);
});

test('on the phone a register says what it is in one line', async ({ page }) => {
  await signIn(page, 'canlian');
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto('/reports/tracing');
  const caption = await page.locator('main table > caption').first().boundingBox();
  expect(caption!.width).toBeGreaterThan(200);
  expect(caption!.height).toBeLessThan(80);
});
