"""The public site: the bundle of design §6 with pages for people (specs/site.md).

- `public`: the facts as a public reader knows them, whatever the office has kept
- `reads`: what a page was made from, so that it is made again only when that changed
- `folder`, `draft`: the folder as it stands, and the new state beside it until it is whole
- `log_files`: tiles that go on where the last build ended
- `pages`, `draw_page`, `plan_page`, `figure_page`, `words`, `render`: what people read
- `memory`: what the last build left for the next one
- `build`: all of it in order
"""
