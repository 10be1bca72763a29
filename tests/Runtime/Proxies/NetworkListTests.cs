using System.Net;
using System.Text;
using Prebake.Grammar;

namespace Prebake.Tests.Proxies;

public sealed class NetworkListTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.255.1.2", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", "10.1.2.3", true)]
    [InlineData("10.0.0.128/25", "10.0.0.127", false)]
    [InlineData("10.0.0.128/25", "10.0.0.255", true)]
    public void An_address_is_in_a_network_or_not(string network, string address, bool isIn) =>
        Assert.Equal(isIn, NetworkList.Parse([network], "Networks").Contains(IPAddress.Parse(address)));

    [Fact]
    public void An_address_that_is_not_known_is_in_no_network() =>
        Assert.False(NetworkList.Parse(["0.0.0.0/0", "::/0", "unix"], "Networks").Contains(null));

    [Theory]
    [InlineData(""), InlineData("10.0.0.0/33"), InlineData("10.0.0.0/-1"), InlineData("10.0.0.0/"), InlineData("10.0.0/8")]
    [InlineData("10.0.0.1/8"), InlineData("2001:db8::1/32"), InlineData("::/129"), InlineData("localhost")]
    [InlineData("010.0.0.0/8"), InlineData("0x0a.0.0.0"), InlineData("1"), InlineData("fe80::1%eth0"), InlineData("10.0.0.0/8 ")]
    public void What_is_not_a_network_is_refused_with_its_name(string network)
    {
        var error = Assert.Throws<ArgumentException>(() => NetworkList.Parse([network], "Networks"));
        Assert.Contains($"'{network}'", error.Message);
    }

    [Fact]
    public void Many_networks_are_asked_as_one_would_by_hand()
    {
        var random = new Random(5);
        var networks = new List<(uint Bits, int Prefix)>();
        var texts = new List<string>();
        for (int i = 0; i < 500; i++)
        {
            int prefix = random.Next(9, 33);
            uint bits = (uint)random.NextInt64(1L << 32) & uint.MaxValue << (32 - prefix);
            networks.Add((bits, prefix));
            texts.Add($"{bits >> 24}.{bits >> 16 & 255}.{bits >> 8 & 255}.{bits & 255}/{prefix}");
        }

        var list = NetworkList.Parse(texts, "Networks");
        for (int i = 0; i < 5000; i++)
        {
            uint bits = i % 2 == 0 ? (uint)random.NextInt64(1L << 32) : networks[i % 500].Bits + (uint)random.Next(300);
            bool isIn = networks.Any(network => (bits & uint.MaxValue << (32 - network.Prefix)) == network.Bits);
            var address = new IPAddress([(byte)(bits >> 24), (byte)(bits >> 16), (byte)(bits >> 8), (byte)bits]);
            Assert.Equal(isIn, list.Contains(address));
        }
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1"), InlineData("192.0.2.1:80", "192.0.2.1"), InlineData("[2001:db8::1]", "2001:db8::1")]
    [InlineData("[2001:db8::1]:80", "2001:db8::1"), InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1"), InlineData("192.0.2.1:_port", "192.0.2.1")]
    [InlineData("", null), InlineData("unknown", null), InlineData("_hidden", null), InlineData("192.0.2", null)]
    [InlineData("192.0.2.01", null), InlineData("192.0.2.256", null), InlineData("192.0.2.1:", null)]
    [InlineData("[192.0.2.1]", null), InlineData("[2001:db8::1", null), InlineData("[2001:db8::1]80", null)]
    [InlineData("2001:db8::1%1", null), InlineData("127.1", null), InlineData("2130706433", null), InlineData("0x7f.0.0.1", null)]
    [InlineData("[::1]:", null), InlineData("1.2.3.4.5", null), InlineData(" 1.2.3.4", null), InlineData("١.2.3.4", null)]
    public void A_node_is_an_address_or_nothing(string text, string? address)
    {
        bool isAddress = AddressText.TryParseNode(Encoding.UTF8.GetBytes(text), out IPAddress parsed);
        Assert.Equal(address, isAddress ? parsed.ToString() : null);
    }
}
