/**
 * Services that a phone at rest keeps a connection to or asks at even distances: they beacon, and nothing is wrong.
 *
 * Sources, read or recalled up to 2026-11: support.apple.com/102266 (APNs), firebase.google.com/docs/cloud-messaging/concept-options
 * (ports of FCM), gstatic.com/ipranges/goog.json, core.telegram.org/resources/cidr.txt, learn.microsoft.com (WNS), the
 * announced networks of AS32934 (Meta). Ranges change; a name that is sent is only a claim of the sender.
 */
import { AddressRanges } from './address-ranges.js';
import { nearest } from './host-names.js';

/** Parents of hosts, by service. */
export const PUSH_HOSTS: readonly (readonly [service: string, hosts: readonly string[]])[] = [
  ['APNs', ['push.apple.com', 'push-apple.com.akadns.net', 'courier-push-apple.com.akadns.net']],
  [
    'FCM',
    [
      'mtalk.google.com',
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((number) => `alt${number}-mtalk.google.com`),
      'mtalk4.google.com',
      'mtalk-dev.google.com',
      'mtalk-staging.google.com',
      'mobile-gtalk.l.google.com',
      'mobile-gtalk4.l.google.com',
      'fcm.googleapis.com',
      'fcmtoken.googleapis.com',
      'fcm-xmpp.googleapis.com',
      'gcm-http.googleapis.com',
      'device-provisioning.googleapis.com',
    ],
  ],
  ['WhatsApp', ['whatsapp.net']],
  [
    'Facebook',
    [
      'mqtt.facebook.com',
      'mqtt-mini.facebook.com',
      'edge-mqtt.facebook.com',
      'edge-chat.facebook.com',
      'gateway.facebook.com',
      'edge-mqtt.instagram.com',
    ],
  ],
  ['Signal', ['signal.org', 'whispersystems.org']],
  ['Telegram', ['telegram.org']],
  ['WNS', ['wns.windows.com', 'notify.windows.com', 'notify.live.net']],
  [
    'Huawei Push',
    [
      'push.hicloud.com',
      'push.dbankcloud.com',
      'push.dbankcloud.cn',
      'push.dbankcloud.eu',
      'push.dbankcloud.asia',
    ],
  ],
  ['Samsung Push', ['push.samsungosp.com', 'spp.samsung.com', 'samsungqbe.com']],
  ['Mi Push', ['chat.xiaomi.net', 'chat.global.xiaomi.net', 'msg.xiaomi.net', 'msg.global.xiaomi.net']],
  ['OPPO Push', ['push.heytapmobi.com', 'push.heytapmobile.com', 'push.oppomobile.com']],
  ['vivo Push', ['push.vivo.com.cn', 'push.vivoglobal.com']],
  ['Mozilla Push', ['push.services.mozilla.com']],
  ['Amazon ADM', ['device-messaging-na.amazon.com', 'device-messaging.amazon.com']],
  ['Threema', ['threema.ch']],
  ['Wire', ['prod-nginz-ssl.wire.com']],
  ['Viber', ['viber.com']],
  ['LINE', ['line-apps.com', 'line.naver.jp']],
  ['WeChat', ['long.weixin.qq.com', 'weixin.qq.com']],
  ['Discord', ['gateway.discord.gg']],
  ['Slack', ['wss-primary.slack.com', 'wss-backup.slack.com', 'wss-mobile.slack.com']],
  ['Teams', ['trouter.teams.microsoft.com', 'trouter.skype.com']],
  // Checks whether the network leads to the internet, made by the systems themselves at even distances.
  [
    'connectivity check',
    [
      'connectivitycheck.gstatic.com',
      'connectivitycheck.android.com',
      'captive.apple.com',
      'www.msftconnecttest.com',
      'ipv6.msftconnecttest.com',
      'detectportal.firefox.com',
      'connectivitycheck.platform.hicloud.com',
      'connect.rom.miui.com',
      'connectivity-check.ubuntu.com',
    ],
  ],
  [
    'NTP',
    [
      'pool.ntp.org',
      'time.apple.com',
      'time.google.com',
      'time.android.com',
      'time.windows.com',
      'time.cloudflare.com',
      'time.nist.gov',
      'ntp.ubuntu.com',
    ],
  ],
];

const HOSTS: ReadonlyMap<string, string> = new Map(
  PUSH_HOSTS.flatMap(([service, hosts]) => hosts.map((host) => [host, service] as const)),
);

const OWNERS = new AddressRanges([
  // Of its own range, 17.0.0.0/8, Apple names these for push; routers are told to open the whole of it.
  ['Apple', ['17.0.0.0/8', '2620:149::/32', '2403:300::/32', '2a01:b740::/32']],
  [
    'Google',
    [
      '64.233.160.0/19',
      '66.102.0.0/20',
      '66.249.64.0/19',
      '72.14.192.0/18',
      '74.125.0.0/16',
      '108.177.0.0/17',
      '142.250.0.0/15',
      '172.217.0.0/16',
      '172.253.0.0/16',
      '173.194.0.0/16',
      '192.178.0.0/15',
      '209.85.128.0/17',
      '216.58.192.0/19',
      '216.239.32.0/19',
      '2001:4860::/32',
      '2404:6800::/32',
      '2607:f8b0::/32',
      '2800:3f0::/32',
      '2a00:1450::/32',
      '2c0f:fb50::/32',
    ],
  ],
  [
    'Meta',
    [
      '31.13.24.0/21',
      '31.13.64.0/18',
      '57.144.0.0/14',
      '66.220.144.0/20',
      '69.63.176.0/20',
      '69.171.224.0/19',
      '102.132.96.0/20',
      '129.134.0.0/16',
      '157.240.0.0/16',
      '163.70.128.0/17',
      '173.252.64.0/18',
      '179.60.192.0/22',
      '185.60.216.0/22',
      '185.89.216.0/22',
      '204.15.20.0/22',
      '2a03:2880::/32',
    ],
  ],
  [
    'Telegram',
    [
      '91.105.192.0/23',
      '91.108.4.0/22',
      '91.108.8.0/22',
      '91.108.12.0/22',
      '91.108.16.0/22',
      '91.108.20.0/22',
      '91.108.56.0/22',
      '95.161.64.0/20',
      '149.154.160.0/20',
      '185.76.151.0/24',
      '2001:67c:4e8::/48',
      '2001:b28:f23c::/48',
      '2001:b28:f23d::/48',
      '2001:b28:f23f::/48',
      '2a0a:f280::/32',
    ],
  ],
]);

const FIRST_FCM_PORT = 5228;
const LAST_FCM_PORT = 5230;

/**
 * Which service of that kind a server is; null when none that is known. By the host, or, where that says nothing, by the
 * port together with the owner of the address: a port alone is anybody's. Only NTP is told by its port, 123.
 *
 * @example
 * pushServiceOf('1-courier.push.apple.com', null, 5223); // 'APNs'
 * pushServiceOf(null, '203.0.113.7', 5223); // null
 */
export function pushServiceOf(
  host: string | null,
  address: string | null,
  port: number | null,
): string | null {
  const byHost = host === null ? undefined : nearest(host, HOSTS);
  if (byHost !== undefined) return byHost;
  if (port === 123) return 'NTP';
  if (address === null) return null;
  switch (OWNERS.of(address)) {
    case 'Apple':
      return port === 5223 || port === 2197 ? 'APNs' : null;
    case 'Google':
      return port !== null && port >= FIRST_FCM_PORT && port <= LAST_FCM_PORT ? 'FCM' : null;
    case 'Meta':
      return port === 5222 ? 'WhatsApp' : null;
    case 'Telegram':
      return 'Telegram';
    default:
      return null;
  }
}
