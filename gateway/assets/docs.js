'use strict';

const search = document.querySelector('#search');
const links = document.querySelector('#links');
const items = [...links.querySelectorAll('li')];
const lists = [...links.querySelectorAll('ul')];

function filter() {
  const words = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  links.classList.toggle('searching', words.length > 0);
  for (const item of items) {
    const text = item.textContent.toLowerCase();
    item.hidden = !words.every((word) => text.includes(word));
  }
  let found = 0;
  for (const list of lists) {
    const shown = [...list.children].filter((item) => !item.hidden).length;
    list.hidden = shown === 0;
    list.previousElementSibling.hidden = shown === 0;
    found += shown;
  }
  document.querySelector('#nothing').hidden = found > 0;
}

search.addEventListener('input', filter);
search.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') {
    search.value = '';
    filter();
  }
  if (event.key === 'Enter')
    items
      .find((item) => !item.hidden)
      ?.querySelector('a')
      .click();
});
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || document.activeElement === search) return;
  event.preventDefault();
  search.focus();
});

// Shows in the navigation what is being read.
const byId = new Map(items.map((item) => [item.firstChild.hash.slice(1), item.firstChild]));
let here;
const watcher = new IntersectionObserver(
  (entries) => {
    const entry = entries.find((one) => one.isIntersecting);
    const link = entry && byId.get(entry.target.id);
    if (!link || link === here) return;
    here?.classList.remove('here');
    here = link;
    link.classList.add('here');
    if (!links.matches(':hover')) reveal(link);
  },
  { rootMargin: '0px 0px -75% 0px' },
);
/** Scrolls the navigation alone: scrollIntoView would move the page too. */
function reveal(link) {
  const list = links.getBoundingClientRect();
  const place = link.getBoundingClientRect();
  if (place.top < list.top) links.scrollTop -= list.top - place.top + 40;
  if (place.bottom > list.bottom) links.scrollTop += place.bottom - list.bottom + 40;
}

for (const target of document.querySelectorAll('article[id], .guide, .guide h3[id]')) {
  watcher.observe(target);
}

for (const pre of document.querySelectorAll('.example pre')) {
  const button = document.createElement('button');
  button.className = 'copy';
  button.textContent = 'Copy';
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(pre.textContent);
    button.textContent = 'Copied';
    setTimeout(() => (button.textContent = 'Copy'), 1500);
  });
  pre.before(button);
  button.style.marginTop = '0.5rem';
}
