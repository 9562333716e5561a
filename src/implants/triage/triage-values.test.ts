import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashesOf } from './hashes.js';
import { mechanismOfPath, mechanismOfValue } from './mechanisms.js';
import { plainPath } from './stated-paths.js';
import { toolTime } from './tool-time.js';

describe('times of collection tools', () => {
  it.each([
    ['2023-03-12 18:04:00.1234567', '2023-03-12T18:04:00.123456Z'],
    ['2023-03-12T18:04:00Z', '2023-03-12T18:04:00.000000Z'],
    ['2023-03-12T18:04:00.5-06:00', '2023-03-13T00:04:00.500000Z'],
    ['2023-03-12 18:04:00 +0000 UTC', '2023-03-12T18:04:00.000000Z'],
    ['2023-03-12 18:04:00 UTC', '2023-03-12T18:04:00.000000Z'],
    ['2023-03-12', '2023-03-12T00:00:00.000000Z'],
    ['20230312-180400', '2023-03-12T18:04:00.000000Z'],
    ['1678644240', '2023-03-12T18:04:00.000000Z'],
    ['1678644240.25', '2023-03-12T18:04:00.250000Z'],
    ['1678644240123', '2023-03-12T18:04:00.123000Z'],
    ['1678644240123456', '2023-03-12T18:04:00.123456Z'],
    // A Windows file time.
    ['133231178400000000', '2023-03-12T18:04:00.000000Z'],
    ['0', null],
    ['-1', null],
    ['', null],
    ['NA', null],
    ['1601-01-01 00:00:00', null],
    ['0001-01-01T00:00:00Z', null],
    ['2023-02-30 00:00:00', 'unreadable'],
    ['2023-13-01 00:00:00', 'unreadable'],
    ['2023-03-12 25:00:00', 'unreadable'],
    ['2023-03-12 18:04:00 CET', 'unreadable'],
    ['yesterday', 'unreadable'],
  ])('reads %s', (text, expected) => {
    expect(toolTime(text)).toBe(expected);
  });

  it('gives a stored time, none, or says that it does not understand', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
          fc.double().map(String),
        ),
        (text) => {
          const time = toolTime(text);
          if (time !== null && time !== 'unreadable')
            expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
        },
      ),
    );
  });
});

describe('what tools state', () => {
  it('are hashes by their length', () => {
    expect(
      hashesOf([`0000${'A'.repeat(40)}`, 'b'.repeat(32), null, '0'.repeat(64), 'z'.repeat(64), '0x12']),
    ).toEqual({
      sha1: 'a'.repeat(40),
      md5: 'b'.repeat(32),
    });
  });

  it.each([
    ['\\??\\C:\\Windows\\x.sys', 'C:\\Windows\\x.sys'],
    ['\\\\?\\D:\\x', 'D:\\x'],
    ['\\Device\\HarddiskVolume3\\t\\x.exe', '\\t\\x.exe'],
    ['\\VOLUME{01d9-1}\\WINDOWS\\X.EXE', 'C:\\WINDOWS\\X.EXE'],
    ['.\\Users\\a', 'C:\\Users\\a'],
    ['\\SystemRoot\\x.sys', '\\SystemRoot\\x.sys'],
    ['\\\\server\\share\\x', '\\\\server\\share\\x'],
    ['{00000000-0000-0000-0000-000000000000}\\x', '{00000000-0000-0000-0000-000000000000}\\x'],
    ['./x', './x'],
    ['/Users/a', '/Users/a'],
  ])('are paths: %s', (stated, expected) => {
    expect(plainPath(stated)).toBe(expected);
  });

  it.each([
    ['HKLM\\SOFTWARE\\Wow6432Node\\Microsoft\\Windows\\CurrentVersion\\RunOnce', 'x', 'run-key'],
    ['ROOT\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\Explorer\\Run', 'x', 'run-key'],
    ['HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon', 'Shell', 'winlogon'],
    ['HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Windows', 'Load', 'run-key'],
    ['HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Windows', 'AppInit_DLLs', 'app-init'],
    ['ROOT\\ControlSet001\\Services\\x\\Parameters', 'ServiceDll', 'service'],
    ['ROOT\\ControlSet001\\Services\\x', 'Description', null],
    ['HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Running', 'x', null],
    ['HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Explorer\\RunMRU', 'a', null],
  ])('are places of the registry: %s %s', (key, value, expected) => {
    expect(mechanismOfValue(key, value)).toBe(expected);
  });

  it.each([
    ['/Users/a/Library/LaunchAgents/x.plist', 'launch-agent'],
    ['/etc/systemd/system/x.service', 'systemd-unit'],
    ['C:\\ProgramData\\Microsoft\\Windows\\Start Menu\\Programs\\Startup\\x.lnk', 'startup-folder'],
    ['/home/a/.config/autostart/x.desktop', 'xdg-autostart'],
    ['/home/a/.bashrc', 'shell-profile'],
    ['/etc/ld.so.preload', 'preload'],
    ['/home/a/notes.txt', null],
  ])('are places of files: %s', (path, expected) => {
    expect(mechanismOfPath(path)).toBe(expected);
  });
});
