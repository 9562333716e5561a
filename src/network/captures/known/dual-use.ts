/**
 * Services with everyday uses that intruders like too: control from afar, places to leave data without an account, and
 * callbacks that tell that something was opened (check IOC-12 of SpyGuard). Own choice, by the reports on stalkerware and
 * on intrusions that name them, recalled up to 2026-11. Anyone may add to it.
 */
import { nearest } from './host-names.js';

export type DualUse =
  /** Somebody elsewhere can see and use the device. */
  | 'remote-control'
  /** Files and texts can be left and fetched without an account. */
  | 'drop'
  /** Tells its owner who opened a link or asked for a name. */
  | 'callback';

export const DUAL_USE: ReadonlyMap<string, DualUse> = new Map(
  (
    [
      [
        'remote-control',
        [
          'teamviewer.com',
          'anydesk.com',
          'net.anydesk.com',
          'rustdesk.com',
          'airdroid.com',
          'ultraviewer.net',
          'aweray.com',
          'splashtop.com',
          'logmein.com',
          'screenconnect.com',
          'hoptodesk.com',
          'dwservice.net',
          'remotedesktop.google.com',
          'remotedesktop-pa.googleapis.com',
        ],
      ],
      [
        'drop',
        [
          'api.telegram.org',
          'transfer.sh',
          'file.io',
          'gofile.io',
          'anonfiles.com',
          'pastebin.com',
          'paste.ee',
          'hastebin.com',
          'ghostbin.com',
          'temp.sh',
          'bashupload.com',
          'catbox.moe',
          '0x0.st',
          'pixeldrain.com',
          'ufile.io',
        ],
      ],
      [
        'callback',
        [
          'webhook.site',
          'requestbin.com',
          'requestbin.net',
          'pipedream.net',
          'beeceptor.com',
          'hookbin.com',
          'interact.sh',
          'oast.pro',
          'oast.live',
          'oast.site',
          'oast.online',
          'oast.fun',
          'oast.me',
          'burpcollaborator.net',
          'oastify.com',
          'dnslog.cn',
          'ceye.io',
          'canarytokens.com',
          'canarytokens.org',
          'grabify.link',
          'iplogger.org',
          'iplogger.com',
          '2no.co',
        ],
      ],
    ] as const
  ).flatMap(([use, hosts]) => hosts.map((host) => [host, use] as const)),
);

/** Which use a host of such a service has; null for any other host. */
export function dualUseOf(host: string): DualUse | null {
  return nearest(host, DUAL_USE) ?? null;
}
