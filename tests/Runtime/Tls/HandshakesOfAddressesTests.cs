using System.Net;
using Prebake.Tls;

namespace Prebake.Tests.Tls;

/// <summary>Whose handshakes are counted together.</summary>
public sealed class HandshakesOfAddressesTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", false)]
    [InlineData("2001:db8::1", "2001:db8::2:3:4:5", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    public void An_address_of_IPv6_counts_by_its_first_64_bits_and_one_of_IPv4_by_all(string one, string other, bool isSame)
    {
        var handshakes = new HandshakesOfAddresses(1);
        Assert.True(handshakes.TryAdd(IPAddress.Parse(one)));
        Assert.Equal(!isSame, handshakes.TryAdd(IPAddress.Parse(other)));

        handshakes.Remove(IPAddress.Parse(one));
        if (isSame) Assert.True(handshakes.TryAdd(IPAddress.Parse(other)));
    }

    [Fact]
    public void What_has_ended_makes_room_for_as_many()
    {
        var address = IPAddress.Parse("192.0.2.1");
        var handshakes = new HandshakesOfAddresses(2);
        for (int round = 0; round < 3; round++)
        {
            Assert.True(handshakes.TryAdd(address) && handshakes.TryAdd(address));
            Assert.False(handshakes.TryAdd(address));
            handshakes.Remove(address);
            Assert.True(handshakes.TryAdd(address));
            handshakes.Remove(address);
            handshakes.Remove(address);
        }
    }
}
