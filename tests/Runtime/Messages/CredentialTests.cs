using System.Text;

namespace Prebake.Tests.Messages;

/// <summary>What comes in <c>Authorization</c>, from clients and from strangers.</summary>
public sealed class CredentialTests
{
    [Theory]
    [InlineData("Bearer abc.def-_~+/==", "abc.def-_~+/==")]
    [InlineData("bearer abc", "abc"), InlineData("BEARER   abc", "abc"), InlineData(" Bearer abc ", "abc")]
    [InlineData("Bearer", null), InlineData("Bearer ", null), InlineData("Bearer a b", null), InlineData("Bearer =", null)]
    [InlineData("Bearer a=b", null), InlineData("Bearer a,b", null), InlineData("Bearer ä", null), InlineData("Bearer\tabc", null)]
    [InlineData("Bearerabc", null), InlineData("Basic abc", null), InlineData("", null), InlineData("Bearer \"abc\"", null)]
    public void A_bearer_token_is_one_or_nothing(string header, string? token)
    {
        Assert.Equal(token is not null, Bearer.TryParse(header, null, out Bearer? bearer));
        Assert.Equal(token, bearer?.Token);
        if (token is null) Assert.Throws<FormatException>(() => Bearer.Parse(header, null));
    }

    [Theory]
    [InlineData("Aladdin:open sesame", "Aladdin", "open sesame")]
    [InlineData("test:123£", "test", "123£"), InlineData("a:b:c", "a", "b:c"), InlineData(":", "", "")]
    [InlineData("no colon", null, null), InlineData("a\nb:c", null, null), InlineData("a:b\x7f", null, null), InlineData("", null, null)]
    public void User_and_password_are_there_or_not(string pair, string? user, string? password)
    {
        string header = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));
        Assert.Equal(user is not null, Basic.TryParse(header, null, out Basic? basic));
        Assert.Equal((user, password), (basic?.User, basic?.Password));
    }

    // psf/requests#2663, and OkHttp's Credentials.basic
    [Theory]
    [InlineData("jos\u00e9:p\u00e4ss", "jos\u00e9", "p\u00e4ss"), InlineData("a:123\u00a3", "a", "123\u00a3")]
    [InlineData("jos\u00e9", null, null), InlineData("jos\u00e9:a\n", null, null)]
    public void Clients_that_take_Latin_1_are_understood(string pair, string? user, string? password)
    {
        string header = "Basic " + Convert.ToBase64String(Encoding.Latin1.GetBytes(pair));
        Assert.Equal(user is not null, Basic.TryParse(header, null, out Basic? basic));
        Assert.Equal((user, password), (basic?.User, basic?.Password));
    }

    [Theory]
    [InlineData("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", true), InlineData("basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", true)]
    [InlineData("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ", false), InlineData("Basic !!!!", false), InlineData("Basic ", false)]
    [InlineData("Basic /////w==", false), InlineData("Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==", false)]
    public void What_is_not_base64_of_both_is_nothing(string header, bool isBasic) =>
        Assert.Equal(isBasic, Basic.TryParse(header, null, out _));

    [Fact]
    public void An_app_with_several_schemes_asks_for_the_header()
    {
        Authorization authorization = Authorization.Parse("Bearer abc", null);
        Assert.Equal(("abc", null), (authorization.Bearer?.Token, authorization.Basic));
        Assert.Equal("Aladdin", Authorization.Parse("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", null).Basic?.User);
        Assert.Equal(("Digest", "username=\"a\", realm=\"b\""), Parts(Authorization.Parse("Digest username=\"a\", realm=\"b\"", null)));
        Assert.False(Authorization.TryParse("", null, out _));
        Assert.False(Authorization.TryParse("a,b c", null, out _));

        static (string, string) Parts(Authorization authorization) => (authorization.Scheme, authorization.Credentials);
    }

    [Fact]
    public void A_secret_is_compared_and_not_shown()
    {
        Bearer bearer = Bearer.Parse("Bearer s3cret", null);
        Assert.True(bearer.Is("s3cret"));
        Assert.False(bearer.Is("s3cre"));
        Basic basic = Basic.Parse("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", null);
        Assert.True(basic.Is("Aladdin", "open sesame"));
        Assert.False(basic.Is("Aladdin", "open"));
        Assert.False(basic.Is("Jasmine", "open sesame"));

        Assert.DoesNotContain("s3cret", $"{bearer} {Authorization.Parse("Bearer s3cret", null)}");
        Assert.DoesNotContain("sesame", $"{basic}");
    }
}
