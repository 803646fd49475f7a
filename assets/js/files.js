// Files that belong to something (templates/ui/files.html): each is sent by itself as soon as it is chosen, dropped or taken,
// one after the other, with its progress; what is refused says why beside its name, and the others stay. Without this file
// the form sends all of them at once.

export function fileFields(root) {
  for (const form of root.querySelectorAll('[data-files-form]:not([data-ready])')) field(form);
}

function field(form) {
  form.dataset.ready = 'true';
  const input = form.querySelector('input[type=file]');
  const list = form.closest('[data-files]').querySelector('[data-files-list]');
  const lines = form.querySelector('[data-files-progress]');
  const said = form.querySelector('[data-files-said]');
  const drop = form.querySelector('[data-files-drop]');
  const words = form.dataset;
  const waiting = [];
  let sending = false;

  // The files go by themselves: nothing is left for the button to do.
  form.querySelector('[data-files-send]').hidden = true;
  form.querySelector('[data-files-can-drop]').hidden = !matchMedia('(pointer: fine)').matches;

  input.addEventListener('change', () => {
    take(input.files);
    // The same file can be chosen again.
    input.value = '';
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (input.files.length > 0) take(input.files);
    else input.click();
  });
  for (const kind of ['dragenter', 'dragover']) {
    drop.addEventListener(kind, (event) => {
      if (![...event.dataTransfer.types].includes('Files')) return;
      event.preventDefault();
      drop.classList.add('is-over');
    });
  }
  for (const kind of ['dragleave', 'drop']) drop.addEventListener(kind, () => drop.classList.remove('is-over'));
  drop.addEventListener('drop', (event) => {
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    take(event.dataTransfer.files);
  });
  // Half-sent files are lost when the page is left.
  addEventListener('beforeunload', (event) => {
    if (sending) event.preventDefault();
  });

  function take(files) {
    for (const file of files) waiting.push(line(file));
    next();
  }

  function next() {
    if (sending) return;
    const one = waiting.shift();
    if (!one) return;
    sending = true;
    one.send(() => {
      sending = false;
      next();
    });
  }

  function line(file) {
    const item = document.createElement('li');
    const name = document.createElement('span');
    name.className = 'files-sent-name';
    name.textContent = file.name;
    const bar = document.createElement('progress');
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute('aria-label', file.name);
    const state = document.createElement('span');
    state.className = 'files-sent-state';
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn';
    item.append(name, bar, state, button);
    lines.append(item);
    let request;
    let stopped = false;

    const call = (text, act) => {
      button.textContent = text;
      button.setAttribute('aria-label', `${text} ${file.name}`);
      button.onclick = act;
    };
    const gone = () => {
      const inside = item.contains(document.activeElement);
      item.remove();
      if (inside) input.focus();
    };
    const wrong = (text, again) => {
      bar.remove();
      item.classList.add('is-wrong');
      state.textContent = text;
      said.textContent = `${file.name} ${text}`;
      if (again) {
        call(words.again, () => {
          gone();
          take([file]);
        });
      } else {
        call(words.close, gone);
      }
    };
    call(words.cancel, () => {
      stopped = true;
      request?.abort();
      gone();
    });

    return {
      send(done) {
        if (stopped) return done();
        if (file.size === 0) return done(wrong(words.empty));
        // Nobody waits for what cannot be taken.
        if (file.size > Number(words.most)) return done(wrong(words.tooLarge));
        const content = new FormData(form);
        content.delete(input.name);
        content.append(input.name, file);
        request = new XMLHttpRequest();
        state.textContent = words.sending;
        said.textContent = `${words.sending} ${file.name}`;
        request.upload.onprogress = (event) => {
          if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
        };
        request.upload.onload = () => {
          // What is left to wait for has no measure.
          bar.removeAttribute('value');
          state.textContent = words.looking;
        };
        request.onabort = () => done();
        request.onerror = () => done(wrong(words.failed, true));
        request.onload = () => {
          const page = new DOMParser().parseFromString(request.responseText, 'text/html');
          const shown = page.querySelector('[data-files-list]');
          if (request.status === 200 && shown) {
            list.replaceChildren(...shown.childNodes);
            globalThis.htmx?.process(list);
            said.textContent = `${file.name} ${words.done}`;
            gone();
            return done();
          }
          const reasons = [...page.querySelectorAll('.wrong')].map((one) => one.textContent.trim());
          const known = request.status === 422 || request.status === 409;
          // The reason names the file itself.
          if (reasons.some((reason) => reason.includes(file.name))) name.remove();
          done(wrong(known && reasons.length > 0 ? reasons.join(' ') : words.failed, !known));
        };
        request.open('POST', words.to);
        request.setRequestHeader('HX-Request', 'true');
        request.send(content);
      },
    };
  }
}
