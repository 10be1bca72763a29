using System.Security.Cryptography;
using System.Text;
using Prebake.WebSockets;

namespace Prebake.Tests.WebSockets;

public sealed class AcceptKeyTests
{
    [Fact]
    public void The_example_of_the_standard() => Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", AcceptKey.Of("dGhlIHNhbXBsZSBub25jZQ=="u8));

    [Fact]
    public void The_hash_is_that_of_the_base_library()
    {
        var random = new Random(4);
        Span<byte> hash = new byte[20];
        for (int length = 0; length < 120; length++)
        {
            byte[] message = new byte[length];
            random.NextBytes(message);
            AcceptKey.Sha1(message, hash);
#pragma warning disable CA5350 // the handshake's own
            Assert.Equal(SHA1.HashData(message), hash);
#pragma warning restore CA5350
        }
    }

    [Theory]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", true)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==", true)]
    [InlineData("AQIDBAUGBwgJCgsMDQ4PEC==", true)]
    [InlineData("", false)]
    [InlineData("c2hvcnQ=", false)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAA", false)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAA=", false)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA*==", false)]
    [InlineData("AAAAAAAAAAAAAAAAAAAA AA==", false)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==AAAA", false)]
    public void A_key_is_16_bytes_in_base64(string key, bool isKey) => Assert.Equal(isKey, AcceptKey.IsKey(Encoding.ASCII.GetBytes(key)));
}
