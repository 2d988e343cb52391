// SPDX-License-Identifier: Apache-2.0
// A browser's long name as people say it: "Chrome 126 · Windows".
const BROWSERS: [RegExp, string][] = [
  [/MicroMessenger\/(\d+)/, '微信'], [/Edg(?:A|iOS)?\/(\d+)/, 'Edge'], [/Firefox\/(\d+)/, 'Firefox'],
  [/(?:Headless)?Chrome\/(\d+)/, 'Chrome'], [/Version\/(\d+).*Safari/, 'Safari']
]
const SYSTEMS: [RegExp, string][] = [
  [/HarmonyOS/, 'HarmonyOS'], [/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'], [/Mac OS X/, 'macOS'], [/Linux/, 'Linux']
]

export function agentWord(agent: string | null | undefined): string {
  if (!agent) return '—'
  const browser = BROWSERS.map(([re, name]) => ({ name, hit: re.exec(agent) })).find((x) => x.hit)
  const system = SYSTEMS.find(([re]) => re.test(agent))?.[1]
  if (!browser) return agent.slice(0, 60)
  return `${browser.name} ${browser.hit![1]}${system ? ` · ${system}` : ''}`
}
