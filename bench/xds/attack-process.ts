import { ATTACKS, halfOpenHandshakes } from '../../test/xds/support/attacks';

/** Attacks the port in its second argument over and over, by the name in its first, until it is killed. Says when the first attack is over. */
async function main(): Promise<void> {
  const [name = '', port] = process.argv.slice(2);
  const attack = name === 'half-open handshakes' ? halfOpenHandshakes : ATTACKS[name];
  if (attack === undefined) throw new Error(`no attack is called ${name}`);
  for (let first = true; ; first = false) {
    const end = await attack(Number(port));
    if (first) process.stdout.write(`${JSON.stringify({ attacked: name })}\n`);
    end();
  }
}

void main();
