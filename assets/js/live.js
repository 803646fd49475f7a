/** Says a sentence in the page's live region, visibly and to screen readers. */
export function announce(text) {
  const region = document.getElementById('live');
  if (!region || !text) return;
  region.textContent = '';
  // A change is announced only when the region was seen empty before.
  requestAnimationFrame(() => {
    region.textContent = text;
    region.hidden = false;
  });
}

/** "10:32" in the centre's time zone, whatever the clock zone of this computer. */
export function clockTime(date = new Date()) {
  return new Intl.DateTimeFormat('zh-CN', {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
    timeZone: 'Asia/Shanghai',
  }).format(date);
}
